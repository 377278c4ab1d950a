import { limitOf } from '../data/index.ts';
import { topK } from '../math/index.ts';
import type {
  FeatureRows,
  FittedModel,
  ItemList,
  ItemSet,
  Limits,
  QueryBatch,
  Ragged,
  SharedItems,
} from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import type { ItemCatalogue } from './catalogue.ts';
import { limitsBelow } from './limits.ts';
import { cleanLists, head, ranked } from './lists.ts';
import { hideItems, selectQueries, selectRows } from './select.ts';
import { bestOfTies } from './ties.ts';

/** How many scores of queries x items are held at a time: 16 MB. */
const MAX_CELLS = 1 << 22;

/** Models as core lets them see the catalogue: one without `coldItems` never meets an item beyond the vocabulary. */
export interface ModelAccess {
  /** The n best allowed items of each query; those of `tiesLast` stand last among equal scores. */
  recommend(
    model: FittedModel,
    queries: QueryBatch,
    n: number,
    limits: Limits,
    tiesLast?: Ragged,
  ): Promise<readonly ItemList[]>;
  /** One score a candidate, each query's candidates end to end; NaN where the model cannot score. */
  score(model: FittedModel, queries: QueryBatch, candidates: Candidates): Promise<Float32Array>;
}

export interface Candidates {
  readonly offsets: Uint32Array;
  readonly indices: Int32Array;
}

export const createModelAccess = (catalogue: ItemCatalogue): ModelAccess => {
  const { itemCount, vocabularySize } = catalogue;
  const ranges = new Map<string, SharedItems>();
  const range = (from: number, to: number): SharedItems => {
    const key = `${from}:${to}`;
    const known = ranges.get(key);
    if (known) return known;
    const indices = Int32Array.from({ length: to - from }, (_, k) => from + k);
    const items: SharedItems = { kind: 'shared', indices, features: catalogue.range(from, to) };
    ranges.set(key, items);
    return items;
  };

  /** Its features are gathered when a model reads them: most go by indices alone. */
  const candidateSet = ({ offsets, indices }: Candidates): ItemSet => {
    let features: FeatureRows | undefined;
    return {
      kind: 'ragged',
      offsets,
      indices,
      get features() {
        features ??= catalogue.features(indices);
        return features;
      },
    };
  };

  const best = async (model: FittedModel, queries: QueryBatch, n: number, limits: Limits): Promise<ItemList[]> => {
    const cold = model.capabilities.coldItems;
    const bound = cold ? itemCount : vocabularySize;
    if (!model.recommend) {
      const asked = cold ? queries : hideItems(queries, bound);
      return scoreAndRank(model, asked, range(0, bound), n, limits);
    }
    const asked = cold ? queries : hideItems(queries, vocabularySize);
    const visible = limitsBelow(limits, vocabularySize);
    const lists = cleanLists(await model.recommend(asked, n, visible), {
      size: queries.size,
      bound: vocabularySize,
      limits,
    }).map((list) => head(list, n));
    if (!cold || itemCount === vocabularySize) return lists;
    const overlay = await scoreAndRank(model, queries, range(vocabularySize, itemCount), n, limits);
    return lists.map((list, q) => {
      const added = overlay[q]!;
      if (added.items.length === 0) return list;
      return head(
        ranked(Int32Array.from([...list.items, ...added.items]), Float32Array.from([...list.scores, ...added.scores])),
        n,
      );
    });
  };

  const recommend: ModelAccess['recommend'] = (model, queries, n, limits, tiesLast) =>
    bestOfTies(queries.size, n, tiesLast, (some, most) =>
      best(model, selectQueries(queries, some), most, { ...limits, exclude: selectRows(limits.exclude, some) }),
    );

  const score: ModelAccess['score'] = async (model, queries, { offsets, indices }) => {
    const known = model.capabilities.coldItems || indices.every((item) => item < vocabularySize);
    if (known) {
      const asked = model.capabilities.coldItems ? queries : hideItems(queries, vocabularySize);
      return checked(await model.score(asked, candidateSet({ offsets, indices })), indices.length);
    }
    const kept: number[] = [];
    const visible = new Uint32Array(offsets.length);
    for (let q = 0; q + 1 < offsets.length; q++) {
      for (let k = offsets[q]!; k < offsets[q + 1]!; k++) if (indices[k]! < vocabularySize) kept.push(k);
      visible[q + 1] = kept.length;
    }
    const seen = Int32Array.from(kept, (place) => indices[place]!);
    const scores = await score(model, queries, { offsets: visible, indices: seen });
    const all = new Float32Array(indices.length).fill(Number.NaN);
    for (let k = 0; k < kept.length; k++) all[kept[k]!] = scores[k]!;
    return all;
  };

  return { recommend, score };
};

/** Scores every item of a contiguous range, a bounded number of queries at a time, and keeps the n best. */
const scoreAndRank = async (
  model: FittedModel,
  queries: QueryBatch,
  items: SharedItems,
  n: number,
  limits: Limits,
): Promise<ItemList[]> => {
  const width = items.indices.length;
  const first = items.indices[0] ?? 0;
  const step = Math.max(1, Math.floor(MAX_CELLS / Math.max(1, width)));
  const row = new Float32Array(width);
  const lists: ItemList[] = [];
  for (let from = 0; from < queries.size; from += step) {
    const size = Math.min(step, queries.size - from);
    const part = selectQueries(
      queries,
      Int32Array.from({ length: size }, (_, k) => from + k),
    );
    const scores = checked(await model.score(part, items), size * width);
    for (let q = 0; q < size; q++) {
      row.set(scores.subarray(q * width, (q + 1) * width));
      mask(row, first, limits, from + q);
      lists.push(topK(row, n, items.indices));
    }
  }
  return lists;
};

/** NaN for what the query must not get; the row's places are items `first`, `first + 1`, ... */
const mask = (row: Float32Array, first: number, limits: Limits, query: number): void => {
  const { exclude, allow } = limits;
  for (let k = exclude.offsets[query]!; k < exclude.offsets[query + 1]!; k++) {
    const place = exclude.values[k]! - first;
    if (place >= 0 && place < row.length) row[place] = Number.NaN;
  }
  const allowed = allow && limitOf({ exclude: NOTHING, allow }, 0);
  for (let place = 0; place < row.length; place++) {
    if (!Number.isFinite(row[place]!) || (allowed && !allowed(first + place))) row[place] = Number.NaN;
  }
};

const NOTHING = { offsets: new Uint32Array(2), values: new Int32Array(0) };

const checked = (scores: Float32Array, expected: number): Float32Array => {
  if (scores.length === expected) return scores;
  throw new RecographError('INTERNAL', `It gave ${scores.length} scores where ${expected} were asked for.`);
};
