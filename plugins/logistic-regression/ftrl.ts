export interface FtrlConfig {
  readonly learningRate: number;
  /** L2. */
  readonly regularization: number;
  /** L1. */
  readonly sparsity: number;
}

const BETA = 1;

/** Collects one example's features, then scores or learns it. The buffers are used again for every example. */
export interface Example {
  places: Int32Array;
  values: Float32Array;
  length: number;
}

/**
 * FTRL-Proximal with per-coordinate learning rates for logistic loss (McMahan et al. 2013, algorithm 1):
 *   w = 0 where |z| <= L1, else -(z - sign(z) L1) / ((beta + sqrt(n)) / alpha + L2)
 *   g = (p - y) x;  s = (sqrt(n + g^2) - sqrt(n)) / alpha;  z += g - s w;  n += g^2
 * L2 is the penalty L2 / 2 |w|^2 on the sum of all losses. The last weight, the intercept, has no penalty.
 */
export class Ftrl {
  readonly #z: Float64Array;
  readonly #n: Float64Array;
  readonly #config: FtrlConfig;

  constructor(size: number, config: FtrlConfig) {
    this.#z = new Float64Array(size);
    this.#n = new Float64Array(size);
    this.#config = config;
  }

  #weight(place: number): number {
    const { learningRate, regularization, sparsity } = this.#config;
    const free = place === this.#z.length - 1;
    const z = this.#z[place]!;
    const l1 = free ? 0 : sparsity;
    if (Math.abs(z) <= l1) return 0;
    const rate = (BETA + Math.sqrt(this.#n[place]!)) / learningRate + (free ? 0 : regularization);
    return -(z - Math.sign(z) * l1) / rate;
  }

  /** Learns one example; answers with its log loss before. */
  learn(example: Example, label: number): number {
    let sum = 0;
    for (let k = 0; k < example.length; k++) sum += this.#weight(example.places[k]!) * example.values[k]!;
    const error = sigmoid(sum) - label;
    const { learningRate } = this.#config;
    for (let k = 0; k < example.length; k++) {
      const place = example.places[k]!;
      const gradient = error * example.values[k]!;
      const n = this.#n[place]!;
      const grown = n + gradient * gradient;
      const step = (Math.sqrt(grown) - Math.sqrt(n)) / learningRate;
      this.#z[place]! += gradient - step * this.#weight(place);
      this.#n[place] = grown;
    }
    return logLoss(sum, label);
  }

  weights(): Float32Array {
    return Float32Array.from(this.#z, (_, place) => this.#weight(place));
  }
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** -ln p of the label, without overflow. */
export const logLoss = (logit: number, label: number): number =>
  Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
