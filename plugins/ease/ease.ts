import type { Csr, Dataset, FitOptions, Kernels, Model, TensorRuntime } from 'recograph';
import { RecographError, throwIfCancelled } from 'recograph';
import { easeWeightsInPlace, invertInPlace, sparseGramInto, squareIn } from 'recograph/math';
import { createFitted } from './fitted-ease.ts';
import type { EaseConfig } from './index.ts';
import { invertOnTensors } from './invert-on-tensors.ts';

export interface EaseDeps {
  readonly kernels: Kernels;
  /** Absent = everything on the CPU. */
  readonly gpu: TensorRuntime | undefined;
}

export const createEase = (config: EaseConfig, deps: EaseDeps): Model => ({
  fit: (data, _inputs, options) => train(config, deps, data, options),
  restore: (state) => {
    const { shape, data } = state.tensors.weights!;
    const memory = deps.kernels.memory();
    const weights = squareIn(memory, shape[0]!);
    for (let r = 0; r < weights.size; r++) {
      weights.data.set((data as Float32Array).subarray(r * weights.size, (r + 1) * weights.size), r * weights.stride);
    }
    return createFitted(config, deps, memory, weights);
  },
});

/** Memory O(items^2); throws TOO_LARGE above `maxItems`. */
const train = async (config: EaseConfig, deps: EaseDeps, data: Dataset, { signal, report }: FitOptions) => {
  const { kernels, gpu } = deps;
  throwIfCancelled(signal);
  const items = data.items.size;
  if (items > config.maxItems) {
    throw new RecographError(
      'TOO_LARGE',
      `ease holds a weight for every pair of items; ${items} items exceed maxItems (${config.maxItems}), ` +
        `which takes ${Math.ceil((4 * items * items) / 2 ** 20)} MiB. Raise maxItems, or use als or item-knn.`,
    );
  }
  const positives = prepared(config, data.positives());
  if (positives.indices.length === 0) {
    throw new RecographError(
      'DATA_EMPTY',
      `ease has nothing to learn from: of the ${data.interactions.length} events that it was given, none is a positive. Check data.feedback.`,
    );
  }
  const memory = kernels.memory();
  try {
    const weights = squareIn(memory, items);
    const byItem = prepared(config, data.positivesByItem());
    await sparseGramInto(kernels, positives, byItem, config.regularization, weights, signal);
    await (gpu ? invertOnTensors(gpu, kernels, weights, signal) : invertInPlace(kernels, weights, signal));
    await easeWeightsInPlace(kernels, weights);
    throwIfCancelled(signal);
    if (!allFinite(weights.data)) {
      throw new RecographError(
        'NOT_FINITE',
        `ease could not invert its matrix with regularization ${config.regularization}. Give it more, or check the weights.`,
      );
    }
    report({ epoch: 1, epochs: 1, fraction: 1 });
    return createFitted(config, deps, memory, weights);
  } catch (error) {
    memory.release();
    throw error;
  }
};

export const prepared = (config: EaseConfig, x: Csr): Csr =>
  config.binary ? { ...x, values: new Float32Array(x.values.length).fill(1) } : x;

/** One NaN or infinity makes the sum of products with 0 NaN. */
const allFinite = (values: Float32Array): boolean => {
  let sum = 0;
  for (const value of values) sum += value * 0;
  return sum === 0;
};
