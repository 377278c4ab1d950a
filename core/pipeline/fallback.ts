import type { FittedModel, ItemList, StageContext } from '../spi/index.ts';
import { limitsWithout } from './limits.ts';
import { EMPTY, head, placesWhere, take } from './lists.ts';
import type { ModelAccess } from './model-access.ts';
import type { Part } from './part.ts';
import { selectQueries, selectRows } from './select.ts';
import { filter, type NamedStage } from './stages.ts';

export interface FallbackModel {
  readonly name: string;
  readonly model: FittedModel;
}

/** How much more is asked for each time filters took too much. */
const GROWTH = 4;

/**
 * Fills lists shorter than their n from the fallback models in order, the pipeline's limits and filters obeyed.
 * Returns what each model added to each query: `[model][query]`, with the model's own scores.
 */
export const fill = async (
  part: Part,
  lists: readonly ItemList[],
  models: readonly FallbackModel[],
  filters: readonly NamedStage[],
  access: ModelAccess,
  context: StageContext,
): Promise<readonly (readonly ItemList[])[]> => {
  const { queries, n, tiesLast } = part.batch;
  const held: ItemList[] = [...lists];
  const added: ItemList[][] = [];
  for (const { name, model } of models) {
    const mine: ItemList[] = lists.map(() => EMPTY);
    added.push(mine);
    const short = placesWhere(held.length, (q) => held[q]!.items.length < n[q]!);
    if (short.length === 0) continue;
    await part.failures.attempt(`fallback.${name}`, short, async () => {
      const some = selectQueries(queries, short);
      const limits = limitsWithout(
        { ...part.limits, exclude: selectRows(part.limits.exclude, short) },
        Array.from(short, (q) => held[q]!),
      );
      const needs = Array.from(short, (q) => n[q]! - held[q]!.items.length);
      let ask = Math.max(...needs);
      for (;;) {
        const given = await access.recommend(model, some, ask, limits, tiesLast && selectRows(tiesLast, short));
        const whole: ItemList[] = lists.map(() => EMPTY);
        given.forEach((list, k) => {
          whole[short[k]!] = list;
        });
        const left = await filter(part, whole, filters, context, take);
        short.forEach((q, k) => {
          mine[q] = head(left[q]!, needs[k]!);
        });
        const wanting = (k: number): boolean =>
          mine[short[k]!]!.items.length < needs[k]! && given[k]!.items.length >= ask;
        if (!given.some((_, k) => wanting(k))) break;
        ask *= GROWTH;
      }
    });
    for (const q of short) {
      held[q] = {
        items: Int32Array.from([...held[q]!.items, ...mine[q]!.items]),
        scores: Float32Array.from([...held[q]!.scores, ...mine[q]!.scores]),
      };
    }
  }
  return added;
};

/**
 * A list and what fills it up: the list's own scores, then one less for every place, so that scores never increase.
 * What fills an empty list keeps its own scores.
 */
export const appended = (list: ItemList, fill: ItemList): ItemList => {
  if (list.items.length === 0) return fill;
  if (fill.items.length === 0) return list;
  const last = list.scores[list.scores.length - 1]!;
  return {
    items: Int32Array.from([...list.items, ...fill.items]),
    scores: Float32Array.from([...list.scores, ...Array.from(fill.items, (_, k) => last - k - 1)]),
  };
};
