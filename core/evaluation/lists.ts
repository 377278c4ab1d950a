import { gatherFeatures } from '../data/index.ts';
import type { Dataset, FittedModel, ItemList, QueryBatch, Ragged } from '../spi/index.ts';
import { checkLength, checkLists } from './answers.ts';
import { type Cases, ragged, rowOf, sliceRows } from './cases.ts';
import { createListWriter, type Lists, type ListWriter } from './list-writer.ts';
import type { Recommender, Target } from './targets.ts';

export interface ListJob {
  readonly data: Dataset;
  readonly cases: Cases;
  /** Each case's relevant items in the order in which they stand where they tie. */
  readonly tiesLast: Ragged;
  /** Each case's own candidates, ascending, masked ones left out; undefined = all items. */
  readonly candidates: Ragged | undefined;
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
const BATCH_CASES = 4096;
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
  const batch = batchSize(target, job);
  const writer = createListWriter(lists, cases, data.items.size);
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    if ('pipeline' in target) await askPipeline(target.name, target.pipeline, job, writer, from, to);
    else await rankByModel(target.name, target.model, job, writer, from, to);
    await job.turn(to);
  }
  return lists;
};

/** Cases asked about at once: bounded by the scores or exclusions they take, not where a model lists by itself. */
const batchSize = (target: Target, { candidates, cases, data }: ListJob): number => {
  let perCase = data.items.size;
  if ('model' in target && candidates) perCase = candidates.values.length / Math.max(1, cases.users.length);
  else if ('model' in target && target.model.recommend) perCase = 1;
  return Math.min(BATCH_CASES, atOnce(perCase));
};

const atOnce = (scoresPerCase: number): number => Math.max(1, Math.floor(BATCH_SCORES / Math.max(1, scoresPerCase)));

const rankByModel = async (
  name: string,
  model: FittedModel,
  job: ListJob,
  writer: ListWriter,
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
  const chunk = atOnce(all.length);
  for (let start = 0; start < open.length; start += chunk) {
    const part = open.subarray(start, start + chunk);
    const asked = part.length === to - from ? queries : job.queries(part.map((q) => from + q));
    const scores = await job.timed(() => model.score(asked, items));
    checkLength(name, scores, part.length * all.length);
    for (let q = 0; q < part.length; q++) writer.rank(from + part[q]!, scores, q * all.length, (q + 1) * all.length);
  }
};

const numbers = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, k) => from + k);

/** Whether items beyond the end of `list` may tie with its first `width` places. */
const tieCrosses = ({ scores }: ItemList, width: number): boolean =>
  scores.length >= width + TIE_MARGIN && scores[scores.length - 1] === scores[width - 1];

const askPipeline = async (
  name: string,
  pipeline: Recommender,
  job: ListJob,
  writer: ListWriter,
  from: number,
  to: number,
): Promise<void> => {
  const { candidates, cases, data, width } = job;
  const exclude = candidates
    ? complement(sliceRows(candidates, from, to), data.items.size)
    : sliceRows(cases.masked, from, to);
  const queries = job.queries(numbers(from, to));
  const tiesLast = sliceRows(job.tiesLast, from, to);
  const lists = await job.timed(() => pipeline.recommend(queries, width, { exclude }, tiesLast));
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
