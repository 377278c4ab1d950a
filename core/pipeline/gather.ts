import type { PipelineConfig } from '../registry/sections/pipeline.ts';
import type { Clock, Limits } from '../spi/index.ts';
import { EMPTY, emptyLists } from './lists.ts';
import { type Merged, merge, takeMerged } from './merge.ts';
import { inTime, type Part } from './part.ts';
import { selectRequests, selectRows } from './select.ts';
import type { CandidateSource } from './sources.ts';
import { givingWay, withTiesLast } from './ties.ts';

/** The merged candidates of each query. */
export interface Gathered {
  readonly merged: readonly Merged[];
  /** Per query, bit s = source s personalised for a user outside the vocabulary (nested pipelines know). */
  readonly foldedIn: Uint32Array;
}

/**
 * Asks every source and merges what they give; a source that fails, or whose turn comes too late, gives nothing.
 * `wanted` bounds what is needed of each query's list.
 */
export const gather = async (
  part: Part,
  sources: readonly CandidateSource[],
  how: PipelineConfig['merge'],
  clock: Clock,
  wanted: (query: number) => number,
): Promise<Gathered> => {
  const { size } = part.batch.queries;
  const bySource = sources.map(() => emptyLists(size));
  const foldedIn = new Uint32Array(size);
  const answered = new Uint8Array(size);
  for (let s = 0; s < sources.length; s++) {
    const source = sources[s]!;
    const stage = `candidates.${source.name}`;
    const unanswered = how === 'switching' ? (q: number) => answered[q] === 0 : undefined;
    const active = inTime(part, stage, clock.now(), unanswered);
    if (active.length === 0) continue;
    const batch = selectRequests(part.batch, active);
    const limits: Limits = { ...part.limits, exclude: selectRows(part.limits.exclude, active) };
    const answer = await part.failures.attempt(stage, active, () => source.recommend(batch, limits, part.strict));
    if (!answer) continue;
    active.forEach((q, k) => {
      bySource[s]![q] = answer.lists[k] ?? EMPTY;
      if (bySource[s]![q]!.items.length > 0) answered[q] = 1;
      if (answer.servedBy?.[k] === 'FOLD_IN') foldedIn[q]! |= 1 << s;
      for (const failure of answer.failures?.[k] ?? []) {
        part.failures.add(`${stage}/${failure.stage}`, q, failure.code, failure.message);
      }
    });
  }
  const weights = sources.map((source) => source.weight);
  const { tiesLast } = part.batch;
  const merged = Array.from({ length: size }, (_, q) => {
    const lists = bySource.map((of) => of[q]!);
    if (!tiesLast) return merge(how, lists, weights, wanted(q));
    return withTiesLast(merge(how, lists, weights), givingWay(tiesLast, q), takeMerged);
  });
  return { merged, foldedIn };
};
