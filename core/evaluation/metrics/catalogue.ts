import type { CatalogueMetric, Ragged } from '../../spi/index.ts';

/** How often each item stands in a list. */
const exposure = (lists: Ragged, itemCount: number): Uint32Array => {
  const counts = new Uint32Array(itemCount);
  for (const item of lists.values) counts[item]!++;
  return counts;
};

/** Distinct items in the lists / items of the vocabulary; 0 where all lists are empty. */
export const coverage: CatalogueMetric = {
  over: 'lists',
  prepare:
    ({ train }) =>
    (lists) =>
      exposure(lists, train.items.size).reduce((distinct, count) => distinct + (count > 0 ? 1 : 0), 0) /
      train.items.size,
};

/**
 * Gini index of exposure, sum over j of (2 j - n - 1) x_j / (n sum x), x ascending over all n items of the vocabulary:
 * 0 = all shown equally often, towards 1 = one item alone. Undefined where all lists are empty.
 */
export const gini: CatalogueMetric = {
  over: 'lists',
  lowerIsBetter: true,
  prepare:
    ({ train }) =>
    (lists) => {
      const counts = exposure(lists, train.items.size).sort();
      const n = counts.length;
      let weighted = 0;
      let sum = 0;
      for (let j = 0; j < n; j++) {
        weighted += (2 * (j + 1) - n - 1) * counts[j]!;
        sum += counts[j]!;
      }
      return sum === 0 ? Number.NaN : weighted / (n * sum);
    },
};
