import type { Dataset, FitOptions, Inputs, Limits, QueryBatch, SharedItems } from 'recograph';
import { createDataset, createVocabulary, noFeatures, queriesOf, sortInteractions } from 'recograph';
import { createRng } from 'recograph/math';

/** `[user, item, weight = 1, day = position]` rows as a dataset of users u0.. and items i0... */
export const tiny = (users: number, items: number, rows: readonly (readonly number[])[]): Dataset =>
  createDataset({
    users: createVocabulary(Array.from({ length: users }, (_, u) => `u${u}`)),
    items: createVocabulary(Array.from({ length: items }, (_, i) => `i${i}`)),
    interactions: sortInteractions(
      {
        users: Int32Array.from(rows, (row) => row[0]!),
        items: Int32Array.from(rows, (row) => row[1]!),
        weights: Float32Array.from(rows, (row) => row[2] ?? 1),
        times: Float64Array.from(rows, (row, k) => (row[3] ?? k) * 86_400_000),
      },
      users,
    ),
  });

/** A user nobody knows, who did `items` one day after another. */
export const stranger = (...items: readonly number[]): QueryBatch => {
  const rows = items.map((item, day) => [0, item, 1, day]);
  const data = tiny(1, Math.max(0, ...items) + 1, rows);
  return { ...queriesOf(data, Int32Array.of(0)), users: Int32Array.of(-1) };
};

export const itemSet = (...indices: readonly number[]): SharedItems => ({
  kind: 'shared',
  indices: Int32Array.from(indices),
  features: noFeatures(indices.length),
});

export const noLimits = (queries: number): Limits => ({
  exclude: { offsets: new Uint32Array(queries + 1), values: new Int32Array(0) },
});

export const noInputs: Inputs = {
  model: (name) => {
    throw new Error(`no model ${name}`);
  },
  trainer: (name) => {
    throw new Error(`no model ${name} to fit`);
  },
  feature: (name) => {
    throw new Error(`no feature ${name}`);
  },
  vectors: (name) => {
    throw new Error(`no vectors ${name}`);
  },
};

export const fitOptions = (options: Partial<FitOptions> = {}): FitOptions => ({
  rng: createRng(1),
  signal: new AbortController().signal,
  report: () => undefined,
  ...options,
});
