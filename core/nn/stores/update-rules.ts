/** What an optimizer does; unset fields take the defaults that each rule names. */
export interface OptimizerConfig {
  readonly kind: 'adam' | 'adagrad' | 'sgd';
  readonly learningRate: number;
  /** Adam: decay of the first and second moment; .9, .999. */
  readonly beta1?: number;
  readonly beta2?: number;
  /** Adam 1e-8, AdaGrad 1e-10. */
  readonly epsilon?: number;
  /** SGD; 0. */
  readonly momentum?: number;
  /** Decoupled (Loshchilov & Hutter 2019): every updated value first shrinks by learningRate * weightDecay; 0. */
  readonly weightDecay?: number;
}

/** Updates runs of values in place. `slots` are arrays beside the values, one for each name in `slotNames`. */
export interface UpdateRule {
  readonly slotNames: readonly string[];
  /** `step` counts from 1; `factor` scales the learning rate. */
  begin(step: number, factor: number): void;
  /** Values `at .. at + length` by the gradient at `gradientAt .. gradientAt + length`. */
  update(
    values: Float32Array,
    at: number,
    gradient: Float32Array,
    gradientAt: number,
    length: number,
    slots: readonly Float32Array[],
  ): void;
}

export const createUpdateRule = (config: OptimizerConfig): UpdateRule => {
  switch (config.kind) {
    case 'adam':
      return adam(config);
    case 'adagrad':
      return adagrad(config);
    case 'sgd':
      return sgd(config);
  }
};

/**
 * Adam (Kingma & Ba 2015, algorithm 1): m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
 * w -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon). On rows that a batch did not touch, nothing
 * moves ("lazy Adam"); t counts steps, not visits.
 */
const adam = (config: OptimizerConfig): UpdateRule => {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = config;
  let terms = adamTerms(config, 1, 1);
  return {
    slotNames: ['m', 'v'],
    begin: (step, factor) => {
      terms = adamTerms(config, step, factor);
    },
    update: (values, at, gradient, gradientAt, length, slots) => {
      const { scale, correction, keep } = terms;
      const first = slots[0]!;
      const second = slots[1]!;
      for (let k = 0; k < length; k++) {
        const g = gradient[gradientAt + k]!;
        const m = beta1 * first[at + k]! + (1 - beta1) * g;
        const v = beta2 * second[at + k]! + (1 - beta2) * g * g;
        first[at + k] = m;
        second[at + k] = v;
        values[at + k] = values[at + k]! * keep - (scale * m) / (Math.sqrt(v) * correction + epsilon);
      }
    },
  };
};

/** What changes with Adam's step: rate / (1 - b1^t), 1 / sqrt(1 - b2^t), and what weight decay leaves. */
export const adamTerms = (config: OptimizerConfig, step: number, factor: number) => {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, weightDecay = 0 } = config;
  return {
    scale: (learningRate * factor) / (1 - beta1 ** step),
    correction: 1 / Math.sqrt(1 - beta2 ** step),
    keep: 1 - learningRate * factor * weightDecay,
  };
};

/** AdaGrad (Duchi et al. 2011): s += g^2, w -= rate * g / (sqrt(s) + epsilon). Lazy and dense updates are the same. */
const adagrad = (config: OptimizerConfig): UpdateRule => {
  let terms = adagradTerms(config, 1);
  return {
    slotNames: ['sum'],
    begin: (_, factor) => {
      terms = adagradTerms(config, factor);
    },
    update: (values, at, gradient, gradientAt, length, slots) => {
      const sums = slots[0]!;
      const { rate, epsilon, keep } = terms;
      for (let k = 0; k < length; k++) {
        const g = gradient[gradientAt + k]!;
        const sum = sums[at + k]! + g * g;
        sums[at + k] = sum;
        values[at + k] = values[at + k]! * keep - (rate * g) / (Math.sqrt(sum) + epsilon);
      }
    },
  };
};

export const adagradTerms = (config: OptimizerConfig, factor: number) => {
  const { learningRate, epsilon = 1e-10, weightDecay = 0 } = config;
  const rate = learningRate * factor;
  return { rate, epsilon, keep: 1 - rate * weightDecay };
};

/** SGD with momentum (Polyak 1964): u = momentum * u + g, w -= rate * u. Without momentum it keeps no slots. */
const sgd = (config: OptimizerConfig): UpdateRule => {
  let terms = sgdTerms(config, 1);
  return {
    slotNames: terms.momentum === 0 ? [] : ['velocity'],
    begin: (_, factor) => {
      terms = sgdTerms(config, factor);
    },
    update: (values, at, gradient, gradientAt, length, slots) => {
      const velocity = slots[0];
      const { rate, momentum, keep } = terms;
      for (let k = 0; k < length; k++) {
        let g = gradient[gradientAt + k]!;
        if (velocity) {
          g += momentum * velocity[at + k]!;
          velocity[at + k] = g;
        }
        values[at + k] = values[at + k]! * keep - rate * g;
      }
    },
  };
};

export const sgdTerms = (config: OptimizerConfig, factor: number) => {
  const { learningRate, momentum = 0, weightDecay = 0 } = config;
  const rate = learningRate * factor;
  return { rate, momentum, keep: 1 - rate * weightDecay };
};
