import {
  type ComponentState,
  type Dataset,
  type FitOptions,
  type FittedModel,
  type Kernels,
  type Model,
  RecographError,
  type Rng,
  type TensorRuntime,
  throwIfCancelled,
} from 'recograph';
import { roundUp } from 'recograph/math';
import { listValidation, type Table, table, train, trainingOptions } from 'recograph/nn';
import { fittedLightGcn, type LearnedGraph, learnedFrom, toScoredLengths } from './fitted.ts';
import { convolution, interactionGraph, nodeVectors } from './graph.ts';
import { graphStore } from './graph-store.ts';
import type { LightGcnConfig } from './index.ts';
import { objectiveOf } from './objective.ts';
import { pickRows } from './rows.ts';
import { trainingDefaults } from './training-defaults.ts';

export interface LightGcnDeps {
  readonly runtime: TensorRuntime;
  readonly kernels: Kernels;
}

export const createLightGcn = (config: LightGcnConfig, deps: LightGcnDeps): Model => ({
  fit: (data, _inputs, options) => fitLightGcn(config, deps, data, options),
  restore: (state) => fittedLightGcn(deps.kernels, restored(state)),
});

const fitLightGcn = async (
  config: LightGcnConfig,
  { runtime, kernels }: LightGcnDeps,
  data: Dataset,
  fit: FitOptions,
): Promise<FittedModel> => {
  throwIfCancelled(fit.signal);
  const positives = data.positives();
  const examples = Int32Array.from({ length: positives.rows }, (_, user) => user).filter(
    (user) => positives.offsets[user + 1]! > positives.offsets[user]!,
  );
  if (examples.length === 0) {
    throw new RecographError(
      'DATA_EMPTY',
      `lightgcn has nothing to learn from: of the ${data.interactions.length} events that it was given, none is a positive. Check data.feedback.`,
    );
  }
  const width = roundUp(config.factors);
  const work = kernels.memory();
  try {
    const graph = interactionGraph(positives, work);
    const rng = fit.rng.fork('init');
    const vectorsOf = (name: string, rows: number): Table =>
      table(name, rows, width, () => firstValues(work.floats(rows * width), config, width, rng));
    const tables = { users: vectorsOf('users', positives.rows), items: vectorsOf('items', positives.columns) };
    const out = nodeVectors(work, graph, width);
    const layers = convolution(kernels, work, graph, config.layers, width);
    const training = trainingOptions(config, trainingDefaults);
    const objective = objectiveOf(config, positives, tables);
    const validation = fit.validation && listValidation(kernels, positives, fit.validation, fit.rng.fork('validation'));
    await train({
      runtime,
      parameters: [tables.users, tables.items],
      ...training,
      store: graphStore(runtime, kernels, work, { graph, layers, tables }, training.optimizer),
      examples: examples.length,
      fit,
      ...(validation && {
        validate: async () => {
          await layers.all(tables, out, fit.signal);
          toScoredLengths(out.items, config);
          return validation.ndcg(pickRows(out.users, validation.users), out.items);
        },
      }),
      batch: (rows, { rng }) =>
        objective.batch(
          rows.map((row) => examples[row]!),
          rng,
        ),
      loss: objective.loss,
    });
    await layers.all(tables, out, fit.signal);
    return fittedLightGcn(kernels, learnedFrom(config, positives, tables.users, out, layers.messages));
  } finally {
    work.release();
  }
};

/** Normal; what lies behind `factors` stays 0 through the whole training. */
const firstValues = (values: Float32Array, config: LightGcnConfig, width: number, rng: Rng): Float32Array => {
  for (let from = 0; from < values.length; from += width) {
    for (let f = 0; f < config.factors; f++) values[from + f] = rng.normal() * config.initScale;
  }
  return values;
};

const restored = ({ tensors }: ComponentState): LearnedGraph => {
  const matrix = (name: string) => {
    const { shape, data } = tensors[name]!;
    return { rows: shape[0]!, columns: shape[1]!, data: data as Float32Array };
  };
  return { users: matrix('users'), own: matrix('own'), items: matrix('items'), messages: matrix('messages') };
};
