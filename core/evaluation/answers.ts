import { type ItemList, RecographError } from '../spi/index.ts';

/** Throws INTERNAL where a target gave too few or too many scores. */
export const checkLength = (name: string, scores: Float32Array, wanted: number): void => {
  if (scores.length === wanted) return;
  throw new RecographError('INTERNAL', `${name} gave ${scores.length} scores for ${wanted} candidates.`, { at: name });
};

/** Throws INTERNAL where a target's lists are not one a query, or hold what is no item. */
export const checkLists = (name: string, lists: readonly ItemList[], wanted: number, itemCount: number): void => {
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
