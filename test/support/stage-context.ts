import type { FeatureRows, ItemList, Matrix, StageContext } from 'recograph';
import { noFeatures, noHistories } from 'recograph';

/** What a stage may look at: requests with these seeds that want `n` items each of ten. */
export const stageContext = (
  n: number,
  given: {
    seeds?: readonly number[];
    vectors?: Matrix;
    features?: (items: Int32Array) => FeatureRows;
    diversity?: number;
    extra?: Record<string, unknown>;
    matching?: StageContext['matching'];
  } = {},
): StageContext => {
  const seeds = given.seeds ?? [1];
  const size = seeds.length;
  return {
    queries: {
      size,
      users: new Int32Array(size),
      seeds: Uint32Array.from(seeds),
      histories: noHistories(size),
      userFeatures: noFeatures(size),
      context: noFeatures(size),
      now: new Float64Array(size),
      extra: given.extra ?? {},
    },
    n: new Uint32Array(size).fill(n),
    diversity: new Float32Array(size).fill(given.diversity ?? Number.NaN),
    vectors: () => given.vectors ?? { rows: 0, columns: 1, data: new Float32Array(0) },
    features: given.features ?? ((items) => noFeatures(items.length)),
    id: (item) => `i${item}`,
    matching: given.matching ?? (() => ({ size: 0, words: new Uint32Array(0) })),
    itemCount: 10,
    allowed: () => true,
  };
};

export const rankedList = (items: readonly number[], scores: readonly number[]): ItemList => ({
  items: Int32Array.from(items),
  scores: Float32Array.from(scores),
});
