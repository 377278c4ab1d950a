import type { ComponentState, Dataset, FitOptions, Kernels, Model } from 'recograph';
import { RecographError, throwIfCancelled } from 'recograph';
import { type AlsSide, gramInto, roundUp, sweepAls } from 'recograph/math';
import { createFitted } from './fitted-als.ts';
import type { AlsConfig } from './index.ts';
import { eventsOf, observationsOf, printRows } from './observations.ts';
import { penaltiesOf } from './penalties.ts';
import { unpack } from './rows.ts';

export const createAls = (config: AlsConfig, kernels: Kernels): Model => ({
  fit: (data, _inputs, options) => train(config, kernels, data, options),
  restore: (state) => {
    const memory = kernels.memory();
    const { mean } = state.json as { mean: number };
    const { users, items, prints } = state.tensors;
    const width = roundUp(config.factors);
    return createFitted(config, kernels, memory, {
      userCount: users!.shape[0]!,
      itemCount: items!.shape[0]!,
      users: unpack(memory, users!.data as Float32Array, config.factors, width),
      items: unpack(memory, items!.data as Float32Array, config.factors, width),
      prints: prints!.data as Uint32Array,
      mean,
    });
  },
});

const train = async (config: AlsConfig, kernels: Kernels, data: Dataset, options: FitOptions) => {
  const { feedback, factors, epochs } = config;
  const { signal, report, checkpoint } = options;
  throwIfCancelled(signal);
  const { byUser, byItem } = observationsOf(data, feedback);
  const entries = byUser.indices.length;
  if (entries === 0) {
    const what = feedback === 'implicit' ? 'no event is a positive' : 'no event has a value';
    throw new RecographError('DATA_EMPTY', `als has nothing to learn from: ${what}. Check data.feedback.`);
  }
  const implicit = feedback === 'implicit';
  const width = roundUp(factors);
  const model = kernels.memory();
  const work = kernels.memory();
  try {
    const mean = implicit || !config.center ? 0 : average(byUser.values);
    const users = model.floats(byUser.rows * width);
    const items = model.floats(byItem.rows * width);
    const sideOf = (side: typeof byUser): AlsSide => {
      const values = work.share(implicit ? side.values : side.values.map((value) => value - mean));
      return {
        offsets: work.share(side.offsets),
        indices: work.share(side.indices),
        ...(implicit ? { weights: values } : { targets: values }),
        regularization: work.share(penaltiesOf(config, side.offsets, side.columns)),
      };
    };
    const userSide = sideOf(byUser);
    const itemSide = sideOf(byItem);
    const gram = work.floats(width * width);
    const losses = work.doubles(Math.max(byUser.rows, byItem.rows));
    const steps = config.solver === 'cg' ? config.steps : 0;

    /** Solves x given y; the objective at the old x, but for y's penalty. */
    const sweep = async (side: AlsSide, x: Float32Array, y: Float32Array): Promise<number> => {
      const rows = side.offsets.length - 1;
      if (implicit) {
        await gramInto(kernels, { rows: y.length / width, columns: width, data: y }, config.unobservedWeight, gram);
      }
      await sweepAls(kernels, { side, x, y, ...(implicit && { gram }), width, steps, losses, signal });
      let loss = 0;
      for (let r = 0; r < rows; r++) loss += losses[r]!;
      return loss;
    };

    const saved = await checkpoint?.load();
    let epoch = 0;
    if (saved) {
      epoch = (saved.json as { epoch: number }).epoch;
      users.set(saved.tensors.users!.data as Float32Array);
      items.set(saved.tensors.items!.data as Float32Array);
    } else {
      // A side that is solved first needs no start; rows without observations stay 0, which solves them.
      const scale = config.initScale / Math.sqrt(factors);
      for (let u = 0; u < byUser.rows; u++) {
        if (byUser.offsets[u] === byUser.offsets[u + 1]) continue;
        for (let f = 0; f < factors; f++) users[u * width + f] = options.rng.normal() * scale;
      }
    }
    for (; epoch < epochs; epoch++) {
      if (checkpoint && epoch > 0) await checkpoint.save(snapshot(epoch, users, items));
      throwIfCancelled(signal);
      await sweep(itemSide, items, users);
      const objective = (await sweep(userSide, users, items)) + penalty(items, itemSide.regularization, width);
      const loss = objective / entries;
      if (!Number.isFinite(loss)) throw notFinite(epoch + 1);
      report({ epoch: epoch + 1, epochs, loss, fraction: (epoch + 1) / epochs });
    }
    for (const factor of users) if (!Number.isFinite(factor)) throw notFinite(epochs);
    const {
      offsets,
      items: seen,
      numbers,
    } = eventsOf({ ...data.interactions, offsets: data.interactions.userOffsets }, feedback);
    return await createFitted(config, kernels, model, {
      userCount: byUser.rows,
      itemCount: byItem.rows,
      users,
      items,
      prints: printRows(byItem.rows, { offsets, items: seen, numbers }, feedback),
      mean,
    });
  } catch (error) {
    model.release();
    throw error;
  } finally {
    work.release();
  }
};

const snapshot = (epoch: number, users: Float32Array, items: Float32Array): ComponentState => ({
  json: { epoch },
  tensors: {
    users: { shape: [users.length], data: users.slice() },
    items: { shape: [items.length], data: items.slice() },
  },
});

const notFinite = (epoch: number): RecographError =>
  new RecographError(
    'NOT_FINITE',
    `als diverged in epoch ${epoch}: a factor is NaN or infinite. Give it more regularization, or check the weights.`,
  );

const average = (values: Float32Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

const penalty = (rows: Float32Array, weights: Float32Array, width: number): number => {
  let sum = 0;
  for (let r = 0; r < weights.length; r++) {
    let squares = 0;
    for (let k = r * width; k < (r + 1) * width; k++) squares += rows[k]! * rows[k]!;
    sum += weights[r]! * squares;
  }
  return sum;
};
