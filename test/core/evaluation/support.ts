import type { Dataset, FittedModel, QueryBatch } from 'recograph';
import { createDataset, createVocabulary, scoreRows, sortInteractions } from 'recograph';
import type { Parts, Protocol } from '../../../core/evaluation/index.ts';

/** [user, item, weight = 1, time = NaN, value = NaN] */
export type Event = readonly [user: number, item: number, weight?: number, time?: number, value?: number];

/** A dataset of `u0, u1, ...` and `i0, i1, ...`; event ids count from `firstId`. */
export const dataset = (users: number, items: number, events: readonly Event[], firstId = 0): Dataset =>
  createDataset({
    users: createVocabulary(Array.from({ length: users }, (_, u) => `u${u}`)),
    items: createVocabulary(Array.from({ length: items }, (_, i) => `i${i}`)),
    interactions: sortInteractions(
      {
        users: Int32Array.from(events, (e) => e[0]),
        items: Int32Array.from(events, (e) => e[1]),
        weights: Float32Array.from(events, (e) => e[2] ?? 1),
        times: Float64Array.from(events, (e) => e[3] ?? Number.NaN),
        values: Float32Array.from(events, (e) => e[4] ?? Number.NaN),
        eventIds: Float64Array.from(events, (_, k) => firstId + k),
      },
      users,
    ),
  });

export const parts = (
  users: number,
  items: number,
  events: { train?: readonly Event[]; validation?: readonly Event[]; test: readonly Event[] },
): Parts => ({
  train: dataset(users, items, events.train ?? []),
  validation: dataset(users, items, events.validation ?? [], 1_000_000),
  test: dataset(users, items, events.test, 2_000_000),
});

/** A model that scores by a function; every batch it was asked is kept in `asked`. */
export const modelOf = (
  score: (user: number, item: number) => number,
  extra: { calibrated?: 'value' | 'probability'; recommend?: FittedModel['recommend'] } = {},
): FittedModel & { asked: QueryBatch[] } => {
  const asked: QueryBatch[] = [];
  return {
    asked,
    capabilities: {
      feedback: ['implicit'],
      coldUsers: [],
      coldItems: false,
      sequential: false,
      context: false,
      calibrated: extra.calibrated ?? 'none',
    },
    score: async (queries, items) => {
      asked.push(queries);
      return scoreRows(queries, items, (q, indices, scores) => {
        for (let k = 0; k < indices.length; k++) scores[k] = score(queries.users[q]!, indices[k]!);
      });
    },
    ...(extra.recommend ? { recommend: extra.recommend } : {}),
    state: () => ({ json: null, tensors: {} }),
  };
};

export const protocol = (metrics: Protocol['metrics'], changes: Partial<Protocol> = {}): Protocol => ({
  split: { use: 'given' },
  candidates: { use: 'all' },
  mask: 'train',
  metrics,
  seed: 1,
  ...changes,
});

let ticks = 0;
export const options = { clock: { now: () => ticks++ } };
