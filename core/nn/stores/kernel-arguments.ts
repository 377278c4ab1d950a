import { adagradTerms, adamTerms, type OptimizerConfig, sgdTerms } from './update-rules.ts';

/** What follows the arrays in the signature of a kernel that takes an optimizer's step. */
export const kernelNumbers = (config: OptimizerConfig, step: number, factor: number): readonly number[] => {
  switch (config.kind) {
    case 'adam': {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = config;
      const { scale, correction, keep } = adamTerms(config, step, factor);
      return [beta1, beta2, scale, correction, epsilon, keep];
    }
    case 'adagrad': {
      const { rate, epsilon, keep } = adagradTerms(config, factor);
      return [rate, epsilon, keep];
    }
    case 'sgd': {
      const { rate, momentum, keep } = sgdTerms(config, factor);
      return [rate, momentum, keep];
    }
  }
};

/** The optimizer's memory in that signature: SGD without momentum, which keeps none, gives 0 for its velocity. */
export const kernelSlots = <S>(slots: readonly S[]): readonly (S | 0)[] => (slots.length === 0 ? [0] : slots);
