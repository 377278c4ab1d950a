import type { Rng } from '../../spi/index.ts';

/**
 * A small network over a candidate's inputs: dense layers with ReLU between them, one number out; without hidden
 * layers a weighted sum. It runs on the CPU in double precision: a request has a few hundred candidates, which is less
 * work than a call to a device.
 */
export interface Scorer {
  /** Layer by layer: weights [inputs x outputs], then biases. */
  readonly size: number;
  /** 1 for a weight, 0 for a bias: what L2 regularization looks at. */
  readonly isWeight: Uint8Array;
  /** He-uniform weights (He et al. 2015), zero biases; zeros where nothing is hidden. */
  init(rng: Rng): Float64Array;
  /** Scores of rows `from .. to` of `inputs` [rows x widths[0]]. */
  score(parameters: Float64Array, inputs: Float32Array, from: number, to: number, scores: Float64Array): void;
  /** Adds the gradient of these rows, given d loss / d score of each. */
  addGradient(
    parameters: Float64Array,
    inputs: Float32Array,
    from: number,
    to: number,
    slopes: Float64Array,
    gradient: Float64Array,
  ): void;
}

interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: number;
  readonly bias: number;
}

export const createScorer = (inputs: number, hidden: readonly number[]): Scorer => {
  const widths = [inputs, ...hidden, 1];
  const layers: DenseLayer[] = [];
  let size = 0;
  for (let l = 0; l + 1 < widths.length; l++) {
    const [from, to] = [widths[l]!, widths[l + 1]!];
    layers.push({ inputs: from, outputs: to, weights: size, bias: size + from * to });
    size += (from + 1) * to;
  }
  const isWeight = new Uint8Array(size);
  for (const { weights, bias } of layers) isWeight.fill(1, weights, bias);
  /** Activations of one row, and the gradients by them. */
  const values = widths.map((width) => new Float64Array(width));
  const deltas = widths.map((width) => new Float64Array(width));

  const forward = (parameters: Float64Array, given: Float32Array, row: number): number => {
    const first = values[0]!;
    for (let c = 0; c < inputs; c++) first[c] = given[row * inputs + c]!;
    layers.forEach((layer, l) => {
      apply(layer, parameters, values[l]!, values[l + 1]!);
      if (l + 1 < layers.length) rectify(values[l + 1]!);
    });
    return values.at(-1)![0]!;
  };

  return {
    size,
    isWeight,
    init: (rng) => {
      const parameters = new Float64Array(size);
      if (hidden.length === 0) return parameters;
      for (const layer of layers) {
        const bound = Math.sqrt(6 / layer.inputs);
        for (let k = layer.weights; k < layer.bias; k++) parameters[k] = (2 * rng.next() - 1) * bound;
      }
      return parameters;
    },
    score: (parameters, given, from, to, scores) => {
      for (let row = from; row < to; row++) scores[row] = forward(parameters, given, row);
    },
    addGradient: (parameters, given, from, to, slopes, gradient) => {
      for (let row = from; row < to; row++) {
        if (slopes[row] === 0) continue;
        forward(parameters, given, row);
        deltas.at(-1)![0] = slopes[row]!;
        for (let l = layers.length - 1; l >= 0; l--) {
          goBack(layers[l]!, parameters, values[l]!, deltas[l + 1]!, gradient, l > 0 ? deltas[l]! : undefined);
        }
      }
    },
  };
};

const apply = (layer: DenseLayer, parameters: Float64Array, x: Float64Array, y: Float64Array): void => {
  const { inputs, outputs, weights, bias } = layer;
  for (let o = 0; o < outputs; o++) y[o] = parameters[bias + o]!;
  for (let i = 0; i < inputs; i++) {
    const value = x[i]!;
    if (value === 0) continue;
    for (let o = 0, at = weights + i * outputs; o < outputs; o++, at++) y[o]! += value * parameters[at]!;
  }
};

const rectify = (y: Float64Array): void => {
  for (let o = 0; o < y.length; o++) if (y[o]! < 0) y[o] = 0;
};

/** Adds this layer's gradient; writes the one of its inputs, which are outputs of a ReLU. */
const goBack = (
  { inputs, outputs, weights, bias }: DenseLayer,
  parameters: Float64Array,
  x: Float64Array,
  delta: Float64Array,
  gradient: Float64Array,
  before: Float64Array | undefined,
): void => {
  for (let o = 0; o < outputs; o++) gradient[bias + o]! += delta[o]!;
  for (let i = 0; i < inputs; i++) {
    const value = x[i]!;
    if (before) before[i] = 0;
    if (value === 0) continue;
    let sum = 0;
    for (let o = 0, at = weights + i * outputs; o < outputs; o++, at++) {
      gradient[at]! += value * delta[o]!;
      sum += parameters[at]! * delta[o]!;
    }
    if (before) before[i] = sum;
  }
};
