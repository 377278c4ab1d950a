import type { Csr, ItemList } from '../spi/index.ts';
import { topK } from './top-k.ts';

export interface NeighborOptions {
  /** How many neighbours a row keeps at most. */
  readonly k: number;
  /** s -> s * n / (n + shrinkage), n = number of columns both rows have (Koren 2008, eq. 3). 0 = off. */
  readonly shrinkage: number;
}

/**
 * Finds a row's nearest rows by sparse products, similarity(r, s) = first(r) . second(s): `first` is
 * [queries x columns], `second` is given by column, [columns x rows]. A row without a common column is no neighbour,
 * nor is `self` (-1 = none). The function returned holds its scratch memory, O(rows); a search costs the sum, over
 * the row's columns, of the column's entries. Sums are made in double precision in one order, whatever rows were
 * asked before: rows can be shared out over threads with equal results.
 */
export const createNeighborSearch = (
  second: Csr,
  { k, shrinkage }: NeighborOptions,
): ((first: Csr, row: number, self: number) => ItemList) => {
  const width = second.columns;
  const sums = new Float64Array(width);
  const common = new Uint32Array(shrinkage > 0 ? width : 0);
  const found = new Int32Array(width);
  const scores = new Float32Array(width);

  const accumulate = (first: Csr, row: number): number => {
    let visited = 0;
    for (let i = first.offsets[row]!; i < first.offsets[row + 1]!; i++) {
      const from = second.offsets[first.indices[i]!]!;
      const to = second.offsets[first.indices[i]! + 1]!;
      addScaled(sums, first.values[i]!, second.indices, second.values, from, to);
      if (common.length > 0) for (let j = from; j < to; j++) common[second.indices[j]!]!++;
      visited += to - from;
    }
    return visited;
  };

  /** Moves one sum out of the scratch memory; the size afterwards. */
  const take = (size: number, other: number, self: number): number => {
    const sum = sums[other]!;
    const both = common.length > 0 ? common[other]! : 1;
    if (sum === 0) return size;
    sums[other] = 0;
    if (common.length > 0) common[other] = 0;
    if (other === self) return size;
    found[size] = other;
    scores[size] = (sum * both) / (both + shrinkage);
    return size + 1;
  };

  return (first, row, self) => {
    const visited = accumulate(first, row);
    let size = 0;
    if (visited > width / 4) {
      for (let other = 0; other < width; other++) size = take(size, other, self);
    } else {
      for (let i = first.offsets[row]!; i < first.offsets[row + 1]!; i++) {
        const column = first.indices[i]!;
        for (let j = second.offsets[column]!; j < second.offsets[column + 1]!; j++) {
          size = take(size, second.indices[j]!, self);
        }
      }
    }
    return topK(scores.subarray(0, size), k, found.subarray(0, size));
  };
};

/** sums[indices[k]] += scale * values[k] for k in from .. to - 1. */
export const addScaled = (
  sums: Float64Array,
  scale: number,
  indices: Int32Array,
  values: Float32Array,
  from: number,
  to: number,
): void => {
  for (let k = from; k < to; k++) sums[indices[k]!]! += scale * values[k]!;
};
