import type { ComponentState, Csr, Dataset, FitOptions, Model } from 'recograph';
import { RecographError, throwIfCancelled } from 'recograph';
import { gramInto, roundUp } from 'recograph/math';
import { type AlsDeps, createFitted } from './fitted-als.ts';
import type { AlsOptions } from './index.ts';
import { eventsOf, observationsOf, printRows } from './observations.ts';
import { solveOnKernels } from './on-kernels.ts';
import { solveOnTensors } from './on-tensors.ts';
import { unpack } from './rows.ts';
import type { AlsSolver } from './solver.ts';
import { settleUnobservedWeight, trainedWith } from './unobserved-weight.ts';

export const createAls = (config: AlsOptions, deps: AlsDeps): Model => ({
  fit: (data, _inputs, options) => train(config, deps, data, options),
  restore: (state) => {
    const memory = deps.kernels.memory();
    const json = state.json as { mean: number; unobservedWeight?: number };
    const { users, items, prints, gram } = state.tensors;
    const width = roundUp(config.factors);
    return createFitted(trainedWith(config, json), deps, memory, {
      userCount: users!.shape[0]!,
      itemCount: items!.shape[0]!,
      users: unpack(memory, users!.data as Float32Array, config.factors, width),
      items: unpack(memory, items!.data as Float32Array, config.factors, width),
      prints: prints!.data as Uint32Array,
      mean: json.mean,
      gram: gram && memory.share(gram.data as Float32Array),
    });
  },
});

const train = async (asked: AlsOptions, deps: AlsDeps, data: Dataset, options: FitOptions) => {
  const { kernels, gpu } = deps;
  const { feedback, factors, epochs } = asked;
  const { signal, report, checkpoint } = options;
  throwIfCancelled(signal);
  const { byUser, byItem } = observationsOf(data, feedback);
  const entries = byUser.indices.length;
  if (entries === 0) {
    const what = feedback === 'implicit' ? 'none is a positive' : 'none has a value';
    throw new RecographError(
      'DATA_EMPTY',
      `als has nothing to learn from: of the ${data.interactions.length} events that it was given, ${what}. Check data.feedback.`,
    );
  }
  const implicit = feedback === 'implicit';
  const config = settleUnobservedWeight(asked, byUser);
  const chosen = implicit && asked.unobservedWeight === 'auto' ? { unobservedWeight: config.unobservedWeight } : {};
  const width = roundUp(factors);
  const model = kernels.memory();
  let solver: AlsSolver | undefined;
  try {
    const mean = implicit || !config.center ? 0 : average(byUser.values);
    const users = model.floats(byUser.rows * width);
    const items = model.floats(byItem.rows * width);
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
    const centred = (side: Csr): Csr => (mean === 0 ? side : { ...side, values: side.values.map((v) => v - mean) });
    const problem = { config, byUser: centred(byUser), byItem: centred(byItem), width, users, items, signal };
    // The closed form is the kernels' alone.
    solver = gpu && config.solver === 'cg' ? solveOnTensors(gpu, problem) : solveOnKernels(kernels, problem);
    for (; epoch < epochs; epoch++) {
      if (checkpoint && epoch > 0) {
        await solver.pull();
        await checkpoint.save(snapshot(epoch, users, items));
      }
      throwIfCancelled(signal);
      // The page's objective a pair, as it is between the solving of items and of users.
      const loss = ((await solver.epoch()) * (implicit ? 1 : 1 / 2)) / entries;
      if (!Number.isFinite(loss)) throw notFinite(epoch + 1);
      report({ epoch: epoch + 1, epochs, loss, fraction: (epoch + 1) / epochs, chosen });
    }
    await solver.pull();
    for (const factor of users) if (!Number.isFinite(factor)) throw notFinite(epochs);
    const {
      offsets,
      items: seen,
      numbers,
    } = eventsOf({ ...data.interactions, offsets: data.interactions.userOffsets }, feedback);
    const gram = implicit ? model.floats(width * width) : undefined;
    const rows = { rows: byItem.rows, columns: width, data: items };
    if (gram) await gramInto(kernels, rows, config.unobservedWeight, gram);
    return createFitted(config, deps, model, {
      userCount: byUser.rows,
      itemCount: byItem.rows,
      users,
      items,
      prints: printRows(byItem.rows, { offsets, items: seen, numbers }, feedback),
      mean,
      gram,
    });
  } catch (error) {
    model.release();
    throw error;
  } finally {
    solver?.dispose();
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
