import { limitOf } from '../data/index.ts';
import type { Clock, FittedRanker, ItemList, Stage, StageContext } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import { candidateRows } from './columns/candidate-rows.ts';
import type { FeatureColumns } from './columns/feature-columns.ts';
import { cleanOrder, EMPTY, placesWhere, ranked, take } from './lists.ts';
import type { ModelAccess } from './model-access.ts';
import { inTime, type Part } from './part.ts';
import { givingWay, withTiesLast } from './ties.ts';
import type { PipelineParts } from './types.ts';

export interface NamedStage {
  /** `filters[0].attribute-filter` */
  readonly name: string;
  readonly stage: Stage;
}

export const stageContext = (part: Part, parts: PipelineParts): StageContext => {
  const { queries, n, diversity } = part.batch;
  const { catalogue } = parts;
  const looks = new Map<number, (item: number) => boolean>();
  return {
    queries,
    n,
    diversity,
    vectors: (reference) => {
      const vectors = catalogue.vectors(reference) ?? parts.models[reference]?.itemVectors?.();
      if (vectors) return vectors;
      throw new RecographError('UNKNOWN_REFERENCE', `"${reference}" has no item vectors in this pipeline.`);
    },
    features: catalogue.features,
    matching: catalogue.matching,
    id: catalogue.id,
    itemCount: catalogue.itemCount,
    allowed: (query, item) => {
      let look = looks.get(query);
      if (!look) {
        look = limitOf(part.limits, query);
        looks.set(query, look);
      }
      return item >= 0 && item < catalogue.itemCount && look(item);
    },
  };
};

/**
 * Filters can only remove: what they leave stands in its old order with its old scores. They run even after the
 * deadline, because what they keep out must not be shown; a filter that throws is left out like any stage.
 */
export const filter = async <L extends ItemList>(
  part: Part,
  lists: readonly L[],
  filters: readonly NamedStage[],
  context: StageContext,
  keep: (list: L, places: Int32Array) => L,
): Promise<readonly L[]> => {
  let current = lists;
  const all = Int32Array.from({ length: lists.length }, (_, q) => q);
  for (const { name, stage } of filters) {
    const left = await part.failures.attempt(name, all, async () =>
      oneEach(await stage.run(current, context), current),
    );
    if (!left) continue;
    current = current.map((list, q) => {
      const items = new Set(left[q]!.items);
      if (items.size === list.items.length) return list;
      return keep(
        list,
        placesWhere(list.items.length, (k) => items.has(list.items[k]!)),
      );
    });
  }
  return current;
};

/** Candidates in the ranker's order. Without its scores, or after the deadline, a query keeps its merged order. */
export const rank = async (
  part: Part,
  lists: readonly ItemList[],
  ranker: { readonly name: string; readonly fitted: FittedRanker; readonly columns: FeatureColumns },
  parts: PipelineParts,
  access: ModelAccess,
): Promise<readonly ItemList[]> => {
  const stage = `ranker.${ranker.name}`;
  const active = inTime(part, stage, parts.clock.now(), (q) => lists[q]!.items.length > 0);
  if (active.length === 0) return lists;
  const shown = onlyOf(lists, active);
  const rows = candidateRows(parts, access, part.batch.queries, shown);
  const scores = await part.failures.attempt(stage, active, async () => {
    const features = await ranker.columns.assemble(rows, part.failures);
    const given = await ranker.fitted.score({ offsets: rows.offsets, features, columns: ranker.columns.names });
    if (given.length === rows.indices.length) return given;
    throw new RecographError('INTERNAL', `It gave ${given.length} scores for ${rows.indices.length} candidates.`);
  });
  if (!scores) return lists;
  const result = [...lists];
  for (const q of active) {
    const from = rows.offsets[q]!;
    const own = scores.subarray(from, rows.offsets[q + 1]!);
    const scored = placesWhere(own.length, (k) => Number.isFinite(own[k]!));
    if (scored.length === 0) {
      part.failures.add(stage, q, 'NOT_FINITE', 'The ranker scored none of the candidates; the merged order stands.');
      continue;
    }
    const kept = take({ items: shown[q]!.items, scores: own }, scored);
    result[q] = withTiesLast(ranked(kept.items, kept.scores), givingWay(part.batch.tiesLast, q), take);
  }
  return result;
};

/** Re-rank stages in their order; a query whose deadline has passed keeps its list. */
export const rerank = async (
  part: Part,
  lists: readonly ItemList[],
  stages: readonly NamedStage[],
  context: StageContext,
  clock: Clock,
): Promise<readonly ItemList[]> => {
  let current = lists;
  for (const { name, stage } of stages) {
    const active = inTime(part, name, clock.now());
    if (active.length === 0) continue;
    const shown = onlyOf(current, active);
    const given = await part.failures.attempt(name, active, async () =>
      oneEach(await stage.run(shown, context), shown),
    );
    if (!given) continue;
    const next = [...current];
    for (const q of active) {
      const clean = cleanOrder(given[q]!, context.itemCount, (item) => context.allowed(q, item));
      next[q] = withTiesLast(clean, givingWay(part.batch.tiesLast, q), take);
    }
    current = next;
  }
  return current;
};

const onlyOf = (lists: readonly ItemList[], queries: Int32Array): readonly ItemList[] => {
  if (queries.length === lists.length) return lists;
  const wanted = new Set(queries);
  return lists.map((list, q) => (wanted.has(q) ? list : EMPTY));
};

const oneEach = (given: readonly ItemList[], asked: readonly ItemList[]): readonly ItemList[] => {
  if (given.length === asked.length) return given;
  throw new RecographError('INTERNAL', `It gave ${given.length} lists for ${asked.length} queries.`);
};
