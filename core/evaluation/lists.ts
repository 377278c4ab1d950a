import { gatherFeatures } from '../data/index.ts';
import type { Dataset, FittedModel, ItemList, QueryBatch, Ragged } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import { type Cases, ragged, rowOf, sliceRows } from './cases.ts';
import { createSelector, MASKED, RELEVANT } from './rank.ts';
import type { Recommender, Target } from './targets.ts';

/** Every case's list, at most `width` long: row u is `items[u * width .. u * width + lengths[u])`. */
export interface Lists {
  readonly width: number;
  readonly lengths: Uint32Array;
  readonly items: Int32Array;
  /** 1 where the item is relevant to the case. */
  readonly hits: Uint8Array;
}

export interface ListJob {
  readonly data: Dataset;
  readonly cases: Cases;
  /** Each case's own candidates, ascending, masked ones left out; absent = all items. */
  readonly candidates?: Ragged;
  readonly width: number;
  /** The queries of these cases. */
  queries(cases: Uint32Array): QueryBatch;
  /** Runs one call of the target and adds its time to the target's. */
  timed<T>(call: () => Promise<T>): Promise<T>;
  /** Called between batches with the number of cases done; throws when cancelled. */
  turn(done: number): Promise<void>;
}

/** Scores held at once. */
const BATCH_SCORES = 4_194_304;
/** Places asked for beyond the width, to see whether a tie crosses its end. */
const TIE_MARGIN = 16;

/** Ranks every case's candidates by the target. */
export const rankCases = async (target: Target, job: ListJob): Promise<Lists> => {
  const { cases, data, width } = job;
  const count = cases.users.length;
  const lists: Lists = {
    width,
    lengths: new Uint32Array(count),
    items: new Int32Array(count * width),
    hits: new Uint8Array(count * width),
  };
  const itemCount = data.items.size;
  const listed = job.candidates !== undefined && 'model' in target;
  const perCase = listed ? Math.max(1, Math.ceil(job.candidates!.values.length / Math.max(1, count))) : itemCount;
  const batch = Math.max(1, Math.min(4096, Math.floor(BATCH_SCORES / Math.max(1, perCase))));
  const marker = createMarker(itemCount, cases);
  const writer = createWriter(lists, marker);
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    if ('pipeline' in target) await askPipeline(target.name, target.pipeline, job, writer, from, to);
    else await rankByModel(target.name, target.model, job, writer, from, to);
    await job.turn(to);
  }
  return lists;
};

/** Stands in the list already. */
const PLACED = 4;

/** Marks one case's relevant and masked items at a time. */
const createMarker = (itemCount: number, cases: Cases) => {
  const marks = new Uint8Array(itemCount);
  return {
    marks,
    with: (c: number, run: () => void): void => {
      for (const item of rowOf(cases.masked, c)) marks[item] = MASKED;
      for (const item of rowOf(cases.relevant, c)) marks[item] = RELEVANT;
      run();
      for (const item of rowOf(cases.masked, c)) marks[item] = 0;
      for (const item of rowOf(cases.relevant, c)) marks[item] = 0;
    },
  };
};

type Writer = ReturnType<typeof createWriter>;

const createWriter = (lists: Lists, marker: ReturnType<typeof createMarker>) => {
  const { width } = lists;
  const { marks } = marker;
  const selector = createSelector(width);
  const placed = new Int32Array(width);
  const put = (c: number, items: Int32Array, size: number): void => {
    lists.lengths[c] = size;
    for (let p = 0; p < size; p++) {
      lists.items[c * width + p] = items[p]!;
      lists.hits[c * width + p] = marks[items[p]!]! & RELEVANT;
    }
  };
  return {
    /** From scores of candidates `from .. to`. */
    rank: (c: number, scores: Float32Array, from: number, to: number, candidates?: Int32Array): void =>
      marker.with(c, () => put(c, selector.items, selector.select(scores, from, to, marks, candidates))),
    /** From a list in its order: only within equal scores do the relevant items come last. */
    list: (c: number, list: ItemList): void => marker.with(c, () => put(c, placed, pessimistic(list, placed, marks))),
  };
};

/**
 * Writes the list to `placed`, each run of equal scores with its relevant items last; masked items, repeated items
 * and NaN scores are passed over. Returns how many places are filled.
 */
const pessimistic = ({ items, scores }: ItemList, placed: Int32Array, marks: Uint8Array): number => {
  let size = 0;
  for (let start = 0; start < items.length && size < placed.length; ) {
    let end = start + 1;
    while (end < items.length && scores[end] === scores[start]) end++;
    for (const wanted of [0, RELEVANT]) {
      for (let p = start; p < end && size < placed.length; p++) {
        const item = items[p]!;
        if (marks[item] !== wanted || scores[p] !== scores[p]) continue;
        marks[item]! |= PLACED;
        placed[size++] = item;
      }
    }
    start = end;
  }
  for (let p = 0; p < size; p++) marks[placed[p]!]! &= ~PLACED;
  return size;
};

const rankByModel = async (
  name: string,
  model: FittedModel,
  job: ListJob,
  writer: Writer,
  from: number,
  to: number,
): Promise<void> => {
  const { data, candidates, cases, width } = job;
  const queries = job.queries(numbers(from, to));
  if (candidates) {
    const { offsets, values } = sliceRows(candidates, from, to);
    const items = {
      kind: 'ragged',
      offsets,
      indices: values,
      features: gatherFeatures(data.itemFeatures, values),
    } as const;
    const scores = await job.timed(() => model.score(queries, items));
    checkLength(name, scores, values.length);
    for (let c = from; c < to; c++) writer.rank(c, scores, offsets[c - from]!, offsets[c - from + 1]!, values);
    return;
  }
  let open = Uint32Array.from({ length: to - from }, (_, q) => q);
  const recommend = model.recommend?.bind(model);
  if (recommend) {
    const exclude = sliceRows(cases.masked, from, to);
    const lists = await job.timed(() => recommend(queries, width + TIE_MARGIN, { exclude }));
    checkLists(name, lists, to - from, data.items.size);
    open = open.filter((q) => tieCrosses(lists[q]!, width));
    for (let q = 0; q < lists.length; q++) if (!tieCrosses(lists[q]!, width)) writer.list(from + q, lists[q]!);
  }
  if (open.length === 0) return;
  const all = Int32Array.from({ length: data.items.size }, (_, item) => item);
  const items = { kind: 'shared', indices: all, features: data.itemFeatures } as const;
  const asked = open.length === to - from ? queries : job.queries(open.map((q) => from + q));
  const scores = await job.timed(() => model.score(asked, items));
  checkLength(name, scores, open.length * all.length);
  for (let q = 0; q < open.length; q++) writer.rank(from + open[q]!, scores, q * all.length, (q + 1) * all.length);
};

const numbers = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, k) => from + k);

/** Whether items beyond the end of `list` may tie with its first `width` places. */
const tieCrosses = ({ scores }: ItemList, width: number): boolean =>
  scores.length >= width + TIE_MARGIN && scores[scores.length - 1] === scores[width - 1];

const askPipeline = async (
  name: string,
  pipeline: Recommender,
  job: ListJob,
  writer: Writer,
  from: number,
  to: number,
): Promise<void> => {
  const { candidates, cases, data, width } = job;
  const exclude = candidates
    ? complement(sliceRows(candidates, from, to), data.items.size)
    : sliceRows(cases.masked, from, to);
  const queries = job.queries(numbers(from, to));
  const lists = await job.timed(() => pipeline.recommend(queries, width, { exclude }));
  checkLists(name, lists, to - from, data.items.size);
  for (let q = 0; q < lists.length; q++) writer.list(from + q, lists[q]!);
};

/** Every item that a row does not hold. */
const complement = (rows: Ragged, itemCount: number): Ragged => {
  const result = ragged();
  for (let r = 0; r + 1 < rows.offsets.length; r++) {
    const kept = new Set(rowOf(rows, r));
    const left = new Int32Array(itemCount - kept.size);
    for (let item = 0, k = 0; item < itemCount; item++) if (!kept.has(item)) left[k++] = item;
    result.push(left);
  }
  return result.done();
};

const checkLength = (name: string, scores: Float32Array, wanted: number): void => {
  if (scores.length === wanted) return;
  throw new RecographError('INTERNAL', `${name} gave ${scores.length} scores for ${wanted} candidates.`, { at: name });
};

const checkLists = (name: string, lists: readonly ItemList[], wanted: number, itemCount: number): void => {
  if (lists.length !== wanted) {
    throw new RecographError('INTERNAL', `${name} gave ${lists.length} lists for ${wanted} queries.`, { at: name });
  }
  for (const { items, scores } of lists) {
    const wrong = items.findIndex((item) => !(item >= 0 && item < itemCount));
    if (wrong >= 0 || items.length !== scores.length) {
      throw new RecographError(
        'INTERNAL',
        `${name} gave a list of ${items.length} items, ${scores.length} scores${wrong < 0 ? '' : ` and item ${items[wrong]}`}; items are 0..${itemCount - 1}, one score each.`,
        { at: name },
      );
    }
  }
};
