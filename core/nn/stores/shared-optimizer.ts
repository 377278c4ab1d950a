import { denseUpdate } from '../../math/index.ts';
import type { KernelMemory, Kernels } from '../../spi/index.ts';
import type { Parameter } from '../parameter.ts';
import { clipTogether } from './clip.ts';
import { kernelNumbers, kernelSlots } from './kernel-arguments.ts';
import { restoreSlots, slotState } from './optimizer.ts';
import type { OptimizerState, UpdateOptions } from './store.ts';
import { createUpdateRule, type OptimizerConfig } from './update-rules.ts';

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
      const numbers = kernelNumbers(config, ++steps, factor);
      for (const [k, parameter] of parameters.entries()) {
        const own = kernelSlots(slots.get(parameter)!);
        const update = { values: parameter.data, slots: own, gradient: gradients[k]!, numbers, signal };
        await denseUpdate(kernels, config.kind, update);
      }
    },
    state: () => ({ step: steps, tensors: slotState(slots, slotNames) }),
    restore: ({ step, tensors }) => {
      steps = step;
      restoreSlots(slots, slotNames, tensors);
    },
  };
};
