import type { Capabilities, FeatureRows, FittedModel, FittedRanker, ItemList, Log, QueryBatch, Stage } from 'recograph';
import { noFeatures, scoreRows } from 'recograph';
import type { z } from 'zod';
import {
  createCatalogue,
  createPipeline,
  type PipelineParts,
  type RequestBatch,
} from '../../../core/pipeline/index.ts';
import { type PipelineConfig, pipelineSchema } from '../../../core/registry/sections/index.ts';
import { ragged } from '../../support/ragged.ts';

const CAPABILITIES: Capabilities = {
  feedback: ['implicit'],
  coldUsers: [],
  coldItems: false,
  sequential: false,
  context: false,
  calibrated: 'none',
};

const noState = () => ({ json: {}, tensors: {} });

/** A model that scores by a function of query and item, and keeps what it was shown. */
export const fakeModel = (
  scoreOf: (item: number, queries: QueryBatch, query: number) => number,
  capabilities: Partial<Capabilities> = {},
): FittedModel & { readonly met: { items: Set<number>; history: Set<number> } } => {
  const met = { items: new Set<number>(), history: new Set<number>() };
  return {
    met,
    capabilities: { ...CAPABILITIES, ...capabilities },
    score: async (queries, items) => {
      for (const item of items.indices) met.items.add(item);
      for (const item of queries.histories.items) met.history.add(item);
      return scoreRows(queries, items, (query, indices, scores) => {
        for (let k = 0; k < indices.length; k++) scores[k] = scoreOf(indices[k]!, queries, query);
      });
    },
    state: noState,
  };
};

export const brokenModel = (): FittedModel => ({
  capabilities: CAPABILITIES,
  score: async () => {
    throw new Error('out of order');
  },
  state: noState,
});

/** Scores by one weight a column; a missing value counts as 0. */
export const fakeRanker = (weights: Readonly<Record<string, number>>): FittedRanker => ({
  score: async ({ features, columns }) =>
    Float32Array.from({ length: features.rows }, (_, row) =>
      columns.reduce(
        (sum, name, k) => sum + (weights[name] ?? 0) * (features.data[row * features.columns + k] || 0),
        0,
      ),
    ),
  state: noState,
});

export const fakeStage = (change: (list: ItemList, query: number) => ItemList): Stage => ({
  run: (lists) => lists.map(change),
});

export const queries = (
  users: readonly number[],
  histories: readonly (readonly number[])[] = users.map(() => []),
  features: { userFeatures?: FeatureRows; context?: FeatureRows } = {},
): QueryBatch => {
  const { offsets, values: items } = ragged(histories);
  return {
    size: users.length,
    users: Int32Array.from(users),
    seeds: Uint32Array.from(users, (user) => user + 100),
    histories: {
      offsets,
      items,
      values: new Float32Array(items.length).fill(Number.NaN),
      weights: new Float32Array(items.length).fill(1),
      times: new Float64Array(items.length),
      types: new Uint8Array(items.length),
    },
    userFeatures: features.userFeatures ?? noFeatures(users.length),
    context: features.context ?? noFeatures(users.length),
    now: new Float64Array(users.length),
    extra: {},
  };
};

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const catalogueOf = (itemCount: number, vocabularySize = itemCount) =>
  createCatalogue({ vocabularySize, id: (item) => `i${item}`, features: noFeatures(itemCount) });

/** A pipeline of the config as written, over these parts and ten items. */
export const pipelineOf = (config: z.input<typeof pipelineSchema>, parts: Partial<PipelineParts>, name = 'home') =>
  createPipeline(name, pipelineSchema.parse(config) as PipelineConfig, {
    models: {},
    features: {},
    rankers: {},
    pipelines: {},
    sources: {},
    filters: [],
    rerank: [],
    catalogue: catalogueOf(10),
    clock: { now: () => 1000 },
    log: silent,
    ...parts,
  });

export const itemsOf = (lists: readonly ItemList[]): number[][] => lists.map((list) => [...list.items]);

/** Each request of a batch alone. */
export const alone = (batch: RequestBatch, select: (batch: RequestBatch, rows: Int32Array) => RequestBatch) =>
  Array.from({ length: batch.queries.size }, (_, q) => select(batch, Int32Array.of(q)));
