import type { Csr } from '../spi/index.ts';

/**
 * A compressed matrix from triplets; entries at the same place are summed, entries with value 0 are left out.
 * Two counting sorts: O(entries + rows + columns).
 */
export const csrFromTriplets = (
  rows: number,
  columns: number,
  rowOf: Int32Array,
  columnOf: Int32Array,
  weightOf: Float32Array,
): Csr => {
  const byColumn = countingSort(columnOf, columns, weightOf);
  const rowsInColumnOrder = new Int32Array(byColumn.length);
  for (let k = 0; k < byColumn.length; k++) rowsInColumnOrder[k] = rowOf[byColumn[k]!]!;
  const offsets = new Uint32Array(rows + 1);
  for (let k = 0; k < byColumn.length; k++) offsets[rowsInColumnOrder[k]! + 1]!++;
  for (let r = 0; r < rows; r++) offsets[r + 1]! += offsets[r]!;
  const cursor = offsets.slice(0, rows);
  const indices = new Int32Array(byColumn.length);
  const values = new Float32Array(byColumn.length);
  for (let k = 0; k < byColumn.length; k++) {
    const place = cursor[rowsInColumnOrder[k]!]!++;
    indices[place] = columnOf[byColumn[k]!]!;
    values[place] = weightOf[byColumn[k]!]!;
  }
  return mergeRepeated({ rows, columns, offsets, indices, values });
};

/** Some rows, in their order; a row may be taken twice. */
export const gatherRows = (matrix: Csr, rows: ArrayLike<number>): Csr => {
  const offsets = new Uint32Array(rows.length + 1);
  for (let r = 0; r < rows.length; r++) {
    offsets[r + 1] = offsets[r]! + matrix.offsets[rows[r]! + 1]! - matrix.offsets[rows[r]!]!;
  }
  const indices = new Int32Array(offsets[rows.length]!);
  const values = new Float32Array(indices.length);
  for (let r = 0; r < rows.length; r++) {
    const [from, to] = [matrix.offsets[rows[r]!]!, matrix.offsets[rows[r]! + 1]!];
    indices.set(matrix.indices.subarray(from, to), offsets[r]);
    values.set(matrix.values.subarray(from, to), offsets[r]);
  }
  return { rows: rows.length, columns: matrix.columns, offsets, indices, values };
};

/** The transposed matrix. O(entries + rows + columns). */
export const transpose = (matrix: Csr): Csr => {
  const offsets = new Uint32Array(matrix.columns + 1);
  for (const column of matrix.indices) offsets[column + 1]!++;
  for (let c = 0; c < matrix.columns; c++) offsets[c + 1]! += offsets[c]!;
  const cursor = offsets.slice(0, matrix.columns);
  const indices = new Int32Array(matrix.indices.length);
  const values = new Float32Array(matrix.indices.length);
  for (let row = 0; row < matrix.rows; row++) {
    for (let k = matrix.offsets[row]!; k < matrix.offsets[row + 1]!; k++) {
      const place = cursor[matrix.indices[k]!]!++;
      indices[place] = row;
      values[place] = matrix.values[k]!;
    }
  }
  return { rows: matrix.columns, columns: matrix.rows, offsets, indices, values };
};

/** Places of the entries with a value other than 0, stably sorted by key. */
const countingSort = (keys: Int32Array, bound: number, values: Float32Array): Uint32Array => {
  const starts = new Uint32Array(bound + 1);
  let kept = 0;
  for (let k = 0; k < keys.length; k++) {
    if (values[k] === 0) continue;
    starts[keys[k]! + 1]!++;
    kept++;
  }
  for (let key = 0; key < bound; key++) starts[key + 1]! += starts[key]!;
  const sorted = new Uint32Array(kept);
  for (let k = 0; k < keys.length; k++) if (values[k] !== 0) sorted[starts[keys[k]!]!++] = k;
  return sorted;
};

const mergeRepeated = (matrix: Csr): Csr => {
  const { indices, values } = matrix;
  const offsets = new Uint32Array(matrix.rows + 1);
  let write = 0;
  for (let row = 0; row < matrix.rows; row++) {
    const rowStart = write;
    for (let k = matrix.offsets[row]!; k < matrix.offsets[row + 1]!; k++) {
      if (write > rowStart && indices[write - 1] === indices[k]) values[write - 1]! += values[k]!;
      else {
        indices[write] = indices[k]!;
        values[write] = values[k]!;
        write++;
      }
    }
    offsets[row + 1] = write;
  }
  return { ...matrix, offsets, indices: indices.slice(0, write), values: values.slice(0, write) };
};
