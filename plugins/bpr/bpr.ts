import type { ComponentState, Dataset, FitOptions, FittedModel, KernelMemory, Model, Rng } from 'recograph';
import { RecographError, throwIfCancelled } from 'recograph';
import { type BprRows, bprWidth, createBprEpochs } from 'recograph/math';
import type { BprConfig } from './config.ts';
import { type BprDeps, fittedBpr } from './fitted.ts';
import { printRows } from './histories.ts';
import { negativeWeights } from './negatives.ts';
import { epochsOnTensors } from './on-tensors.ts';

export const createBpr = (config: BprConfig, deps: BprDeps): Model => ({
  fit: (data, _inputs, options) => train(config, deps, data, options),
  restore: ({ tensors }) => {
    const memory = deps.kernels.memory();
    return fittedBpr(config, deps, memory, {
      rows: rowsOf(tensors.users!.data as Float32Array, tensors.items!.data as Float32Array, config.factors, memory),
      prints: tensors.prints!.data as Uint32Array,
      counts: tensors.counts!.data as Uint32Array,
    });
  },
});

const train = async (
  config: BprConfig,
  deps: BprDeps,
  data: Dataset,
  { rng, signal, report, checkpoint }: FitOptions,
): Promise<FittedModel> => {
  const { kernels, gpu } = deps;
  throwIfCancelled(signal);
  const positives = data.positives();
  if (positives.indices.length === 0) {
    throw new RecographError(
      'DATA_EMPTY',
      `bpr has nothing to learn from: of the ${data.interactions.length} events that it was given, none is a positive. Check data.feedback.`,
    );
  }
  const counts = new Uint32Array(positives.columns);
  for (const item of positives.indices) counts[item]!++;
  const { epochs, factors } = config;
  const memory = kernels.memory();
  const { negativeSkew } = config;
  const steps = gpu
    ? epochsOnTensors(gpu, positives, config, negativeSkew, signal)
    : createBprEpochs(kernels, positives, { ...config, ...negativeWeights(counts, negativeSkew) }, signal);
  try {
    const saved = await checkpoint?.load();
    const rows = saved
      ? rowsOf(saved.tensors.users!.data as Float32Array, saved.tensors.items!.data as Float32Array, factors, memory)
      : firstRows(config, positives.rows, positives.columns, rng.fork('init'), memory);
    for (let epoch = saved ? (saved.json as { epoch: number }).epoch : 0; epoch < epochs; epoch++) {
      if (checkpoint && epoch > 0) await checkpoint.save(snapshot(epoch, rows));
      const loss = await steps.epoch(rows, rng.fork(`epoch ${epoch}`));
      if (!Number.isFinite(loss)) throw diverged(epoch + 1);
      report({ epoch: epoch + 1, epochs, loss, fraction: (epoch + 1) / epochs });
      throwIfCancelled(signal);
    }
    for (const matrix of [rows.users, rows.items]) {
      for (const factor of matrix.data) if (!Number.isFinite(factor)) throw diverged(epochs);
    }
    return fittedBpr(config, deps, memory, { rows, prints: printRows(positives), counts });
  } catch (error) {
    memory.release();
    throw error;
  } finally {
    steps.release();
  }
};

const diverged = (epoch: number): RecographError =>
  new RecographError(
    'NOT_FINITE',
    `bpr diverged in epoch ${epoch}: a factor is NaN or infinite. Take a smaller learningRate or more regularization.`,
  );

const snapshot = (epoch: number, rows: BprRows): ComponentState => ({
  json: { epoch },
  tensors: {
    users: { shape: [rows.users.rows, rows.users.columns], data: rows.users.data.slice() },
    items: { shape: [rows.items.rows, rows.items.columns], data: rows.items.data.slice() },
  },
});

/** Saved rows, back in shared memory. */
const rowsOf = (users: Float32Array, items: Float32Array, factors: number, memory: KernelMemory): BprRows => {
  const columns = bprWidth(factors);
  return {
    users: { rows: users.length / columns, columns, data: memory.share(users) },
    items: { rows: items.length / columns, columns, data: memory.share(items) },
    bias: factors,
  };
};

const firstRows = (config: BprConfig, users: number, items: number, rng: Rng, memory: KernelMemory): BprRows => {
  const { factors } = config;
  const columns = bprWidth(factors);
  const scale = config.initScale / Math.sqrt(factors);
  const draw = (rows: number, bias: number) => {
    const data = memory.floats(rows * columns);
    for (let row = 0; row < rows; row++) {
      for (let f = 0; f < factors; f++) data[row * columns + f] = rng.normal() * scale;
      data[row * columns + factors] = bias;
    }
    return { rows, columns, data };
  };
  return { users: draw(users, 1), items: draw(items, 0), bias: factors };
};
