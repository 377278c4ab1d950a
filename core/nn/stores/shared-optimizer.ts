import type { KernelMemory, Kernels } from '../../spi/index.ts';
import type { Parameter } from '../parameter.ts';
import { clipTogether } from './clip.ts';
import { restoreSlots, slotState } from './optimizer.ts';
import type { OptimizerState, UpdateOptions } from './store.ts';
import { adagradTerms, adamTerms, createUpdateRule, type OptimizerConfig, sgdTerms } from './update-rules.ts';

/** Values of one task of the kernels, and tasks of a share: about a millisecond. */
const RUN = 1024;
const GRAIN = 256;

export interface SharedOptimizer {
  /**
   * One step of every value of every parameter; `gradients` stand in the parameters' order, in shared memory, and are
   * scaled in place where they are to be clipped.
   */
  step(gradients: readonly Float32Array[], options: UpdateOptions, signal: AbortSignal): Promise<void>;
  state(): OptimizerState;
  restore(state: OptimizerState): void;
}

/**
 * The formulas of update-rules.ts in single precision, on all cores, for parameters whose `data` lies in shared memory
 * and of which every step moves all. What it remembers lies in `memory`.
 */
export const sharedOptimizer = (
  kernels: Kernels,
  memory: KernelMemory,
  config: OptimizerConfig,
  parameters: readonly Parameter[],
): SharedOptimizer => {
  const { slotNames } = createUpdateRule(config);
  const slots = new Map(
    parameters.map((parameter) => [parameter, slotNames.map(() => memory.floats(parameter.data.length))]),
  );
  let steps = 0;
  return {
    step: async (gradients, { factor, clipNorm }, signal) => {
      if (clipNorm !== undefined) clipTogether(gradients, clipNorm);
      const numbers = numbersOf(config, ++steps, factor);
      for (const [k, parameter] of parameters.entries()) {
        const { length } = parameter.data;
        const own = slots.get(parameter)!;
        const args = [length, parameter.data, ...(own.length === 0 ? [0] : own), gradients[k]!, ...numbers];
        const shares = { tasks: Math.ceil(length / RUN), grain: GRAIN, scratch: 4, work: 8 * length };
        await kernels.run(config.kind, { ...shares, signal, args });
      }
    },
    state: () => ({ step: steps, tensors: slotState(slots, slotNames) }),
    restore: ({ step, tensors }) => {
      steps = step;
      restoreSlots(slots, slotNames, tensors);
    },
  };
};

/** What follows the arrays in the kernel's signature. */
const numbersOf = (config: OptimizerConfig, step: number, factor: number): readonly number[] => {
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
