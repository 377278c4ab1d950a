/** Rows of (index, value) pairs in any order, as lists of neighbours are kept. */
export interface SparseRows {
  readonly offsets: Uint32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Weighted sums of sparse rows: add rows, read places, then clear. Clearing costs what adding cost. */
export interface SparseSums {
  /** sums += weight * rows[row] */
  add(row: number, weight: number): void;
  /** NaN where no row added anything. */
  at(index: number): number;
  /** Every place that a row added to, once. */
  entries(keep: (index: number) => boolean): { indices: Int32Array; values: Float32Array };
  clear(): void;
}

/** Holds scratch memory O(width); sums are made in double precision in the order of the calls. */
export const createSparseSums = (rows: SparseRows, width: number): SparseSums => {
  const sums = new Float64Array(width);
  const touched = new Uint8Array(width);
  const added: number[] = [];
  return {
    add: (row, weight) => {
      added.push(row);
      for (let k = rows.offsets[row]!; k < rows.offsets[row + 1]!; k++) {
        sums[rows.indices[k]!]! += weight * rows.values[k]!;
        touched[rows.indices[k]!] = 1;
      }
    },
    at: (index) => (touched[index] === 1 ? sums[index]! : Number.NaN),
    entries: (keep) => {
      const indices: number[] = [];
      for (let index = 0; index < width; index++) if (touched[index] === 1 && keep(index)) indices.push(index);
      return { indices: Int32Array.from(indices), values: Float32Array.from(indices, (index) => sums[index]!) };
    },
    clear: () => {
      for (const row of added) {
        for (let k = rows.offsets[row]!; k < rows.offsets[row + 1]!; k++) {
          sums[rows.indices[k]!] = 0;
          touched[rows.indices[k]!] = 0;
        }
      }
      added.length = 0;
    },
  };
};
