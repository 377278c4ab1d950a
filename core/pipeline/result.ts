import type { ItemList, QueryBatch } from '../spi/index.ts';
import { appended } from './fallback.ts';
import type { Gathered } from './gather.ts';
import { head } from './lists.ts';
import type { Part } from './part.ts';
import { type CandidateSource, knowsFeatures } from './sources.ts';
import type { PipelineResult, ServedBy } from './types.ts';

/** One query's part of the answer. */
export interface Answer {
  readonly list: ItemList;
  readonly sources: Uint32Array;
  readonly servedBy: ServedBy;
}

export const answerOf = (
  query: number,
  part: Part,
  given: { list: ItemList; fills: readonly ItemList[]; gathered: Gathered; sources: readonly CandidateSource[] },
): Answer => {
  const { gathered, sources } = given;
  const merged = gathered.merged[query]!;
  const own = head(given.list, part.batch.n[query]!);
  const masks = masksOf(own.items, merged);
  let contributors = 0;
  for (const mask of masks.values()) contributors |= mask;
  let list = own;
  given.fills.forEach((fill, f) => {
    for (const item of fill.items) masks.set(item, 1 << (sources.length + f));
    list = appended(list, fill);
  });
  return {
    list,
    sources: Uint32Array.from(list.items, (item) => (masks.get(item) ?? 0) >>> 0),
    servedBy: servedBy(part.batch.queries, query, own, contributors, gathered.foldedIn[query]!, sources, part),
  };
};

/** The sources of these items: bit s = source s. */
const masksOf = (items: Int32Array, merged: Gathered['merged'][number]): Map<number, number> => {
  const masks = new Map<number, number>();
  for (const item of items) masks.set(item, 0);
  let left = masks.size;
  // Most lists are the best of what was merged, so that all are found soon.
  for (let k = 0; k < merged.items.length && left > 0; k++) {
    if (masks.get(merged.items[k]!) !== 0) continue;
    masks.set(merged.items[k]!, merged.sources[k]!);
    left--;
  }
  return masks;
};

/**
 * FALLBACK: nothing of the pipeline's own stands in the list, or the user is unknown and no source that contributed
 * had anything to go by. FOLD_IN: an unknown user with a history, and a contributing source that reads histories.
 */
const servedBy = (
  queries: QueryBatch,
  query: number,
  own: ItemList,
  contributors: number,
  foldedIn: number,
  sources: readonly CandidateSource[],
  part: Part,
): ServedBy => {
  if (own.items.length === 0) return part.batch.n[query] === 0 ? 'PIPELINE' : 'FALLBACK';
  if (queries.users[query]! >= 0) return 'PIPELINE';
  const hasHistory = queries.histories.offsets[query + 1]! > queries.histories.offsets[query]!;
  const contributed = (s: number): boolean => ((contributors >>> s) & 1) === 1;
  if ((contributors & foldedIn) !== 0) return 'FOLD_IN';
  if (hasHistory && sources.some((source, s) => source.personal.history && contributed(s))) return 'FOLD_IN';
  const byFeatures = sources.some((source, s) => source.personal.features && contributed(s));
  return byFeatures && knowsFeatures(queries, query) ? 'PIPELINE' : 'FALLBACK';
};

/** Answers put back in the order they were asked in. */
export const resultOf = (
  answers: readonly Answer[],
  failures: PipelineResult['failures'],
  sourceNames: readonly string[],
): PipelineResult => ({
  lists: answers.map((answer) => answer.list),
  sources: answers.map((answer) => answer.sources),
  sourceNames,
  servedBy: answers.map((answer) => answer.servedBy),
  failures,
});
