import {
  type Dataset,
  type FitOptions,
  type FittedModel,
  gatherFeatures,
  gatherRows,
  type Kernels,
  knownFrom,
  knownItems,
  type Model,
  RecographError,
  type TensorRuntime,
  throwIfCancelled,
} from 'recograph';
import { createRng } from 'recograph/math';
import {
  datasetSlots,
  distinctItems,
  encodeSide,
  type FieldLayout,
  forgetUnreached,
  groupedSoftmax,
  inferencePass,
  layFields,
  listValidation,
  loadParameters,
  sharedNegatives,
  slotFactors,
  slotLookup,
  train,
  trainingOptions,
} from 'recograph/nn';
import { itemVectorsOf, sideSlots, userVectorsOf } from './encode.ts';
import { fittedTwoTower } from './fitted.ts';
import { historyFeeds, splitPositives } from './histories.ts';
import type { TwoTowerConfig } from './index.ts';
import { lengthenByPopularity } from './popularity.ts';
import { createTowers, type TowerShape } from './towers.ts';
import { trainingDefaults } from './training-defaults.ts';

export interface TwoTowerDeps {
  readonly runtime: TensorRuntime;
  readonly kernels: Kernels;
}

export const createTwoTower = (config: TwoTowerConfig, deps: TwoTowerDeps): Model => ({
  fit: (data, _inputs, options) => fitTwoTower(config, deps, data, options),
  restore: ({ json, tensors }) => {
    const shape = json as unknown as TowerShape;
    const towers = createTowers(shape, createRng(0));
    loadParameters(towers.parameters, tensors);
    const { shape: size, data } = tensors.items!;
    const learned = { rows: size[0]!, columns: size[1]!, data: data as Float32Array };
    return fittedTwoTower(deps, shape, towers, learned, knownFrom(tensors, learned.rows));
  },
});

const fitTwoTower = async (
  config: TwoTowerConfig,
  deps: TwoTowerDeps,
  data: Dataset,
  fit: FitOptions,
): Promise<FittedModel> => {
  const { runtime, kernels } = deps;
  throwIfCancelled(fit.signal);
  const positives = data.positives();
  const examples = upTo(positives.rows).filter((user) => positives.offsets[user + 1]! > positives.offsets[user]!);
  if (examples.length === 0) {
    throw new RecographError(
      'DATA_EMPTY',
      `two-tower has nothing to learn from: of the ${data.interactions.length} events that it was given, none is a positive. Check data.feedback.`,
    );
  }
  const { dimensions, hidden, history: pooling } = config;
  const shape: TowerShape = { layout: layoutOf(config, data), dimensions, hidden, history: pooling };
  const towers = createTowers(shape, fit.rng.fork('init'));
  const { vectors } = towers;
  const items = upTo(data.items.size);
  const sides = {
    user: encodeSide(shape.layout, 'user', data.userFeatures, upTo(data.users.size)),
    item: encodeSide(shape.layout, 'item', data.itemFeatures, items),
  };
  const draw = sharedNegatives(positives, { uniform: config.negatives, inBatch: config.inBatch, logQ: config.logQ });
  const share = pooling === 'none' ? 1 : config.targetShare;
  const validation = fit.validation && listValidation(kernels, positives, fit.validation, fit.rng.fork('validation'));
  const asked = validation && sideRows(data, shape.layout, validation.users);
  /** Slots of each field in the batch that is being learned: bags are as wide as its longest. */
  let widths: { readonly user: readonly number[]; readonly item: readonly number[] } = { user: [], item: [] };

  await train({
    runtime,
    parameters: towers.parameters,
    ...trainingOptions(config, trainingDefaults),
    examples: examples.length,
    fit,
    ...(asked && {
      validate: async () => {
        const pass = inferencePass(runtime, towers.dense);
        try {
          const all = await itemVectorsOf(runtime, pass, towers, shape, data.itemFeatures, items);
          lengthenByPopularity(all, positives, config.popularity);
          const histories = gatherRows(positives, validation.users);
          return await validation.ndcg(await userVectorsOf(runtime, pass, towers, shape, asked, histories), all);
        } finally {
          pass.dispose();
        }
      },
    }),
    batch: (rows, { rng }) => {
      const users = rows.map((row) => examples[row]!);
      const { history, targets, owners } = splitPositives(positives, users, share, rng);
      const others = draw(users, targets, rng);
      const { items: distinct, places } = distinctItems([targets, others.items], items.length);
      const user = sideSlots(sides.user, users);
      const item = sideSlots(sides.item, distinct)!;
      widths = { user: user?.widths ?? [], item: item.widths };
      const past = historyFeeds(vectors, shape.layout, pooling, history);
      return {
        userSlots: user && slotLookup(vectors, user),
        userFactors: user && slotFactors(user),
        itemSlots: slotLookup(vectors, item),
        itemFactors: slotFactors(item),
        history: past.history,
        steps: past.owners,
        owners,
        targets: places[0]!,
        others: places[1]!,
        weights: { data: others.weights, shape: [users.length, others.items.length] },
      };
    },
    loss: (inputs, pass) => {
      const { tf } = pass;
      const users = towers.apply(pass, 'user', {
        rows: inputs.weights.shape[0]!,
        slots: inputs.userSlots,
        factors: inputs.userFactors,
        widths: widths.user,
        history: inputs.history,
        owners: inputs.steps,
      });
      const found = towers.apply(pass, 'item', {
        rows: inputs.itemSlots.shape[0]!,
        slots: inputs.itemSlots,
        factors: inputs.itemFactors,
        widths: widths.item,
        history: undefined,
        owners: undefined,
      });
      return groupedSoftmax(tf, {
        users: tf.div(users, config.temperature),
        targets: tf.gather(found, inputs.targets as never),
        owners: inputs.owners,
        others: tf.gather(found, inputs.others as never),
        weights: inputs.weights,
      });
    },
  });
  const { weights } = data.interactions;
  const events = upTo(weights.length).filter((event) => weights[event]! > 0);
  forgetUnreached([vectors], datasetSlots(shape.layout, data).reached({ events, negatives: 1 }));
  const pass = inferencePass(runtime, towers.dense);
  try {
    const learned = await itemVectorsOf(runtime, pass, towers, shape, data.itemFeatures, items);
    lengthenByPopularity(learned, positives, config.popularity);
    return fittedTwoTower(deps, shape, towers, learned, knownItems(data));
  } finally {
    pass.dispose();
  }
};

/** Fields of users and items; contexts belong to single events, which a step of whole users does not see. */
const layoutOf = (config: TwoTowerConfig, data: Dataset): FieldLayout => {
  const columns = (side: string, features: Dataset['userFeatures']): string[] =>
    Object.entries(features.columns).flatMap(([name, { kind }]) => (kind === 'text' ? [] : [`${side}.${name}`]));
  const all = [...columns('user', data.userFeatures), ...columns('item', data.itemFeatures)];
  const layout = layFields(data, { ids: config.ids, fields: config.fields ?? all });
  const sides = new Set(layout.fields.map(({ side }) => side));
  const fault = sides.has('context')
    ? 'fields names a column of the context, which two-tower does not read'
    : !sides.has('item')
      ? 'ids and fields leave nothing of the item'
      : config.history !== 'none' && !layout.fields.some(({ name }) => name === 'item')
        ? 'history pools the vectors of item ids, but ids lacks "item" (or set history to "none")'
        : config.history === 'none' && !sides.has('user')
          ? 'ids and fields leave nothing of the user, and history is "none"'
          : undefined;
  if (fault) throw new RecographError('CONFIG_INVALID', `${fault}.`, { at: 'fields' });
  return layout;
};

/** The user fields of these users, row for row. */
const sideRows = (data: Dataset, layout: FieldLayout, users: Int32Array) =>
  encodeSide(layout, 'user', gatherFeatures(data.userFeatures, users), users);

const upTo = (size: number): Int32Array => Int32Array.from({ length: size }, (_, k) => k);
