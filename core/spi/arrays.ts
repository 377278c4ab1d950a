/** A dense row-major matrix: row r is `data[r * columns .. (r + 1) * columns)`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Rows of unequal length: row r is `values[offsets[r] .. offsets[r + 1])`. `offsets` has rows + 1 entries. */
export interface Ragged {
  readonly offsets: Uint32Array;
  readonly values: Int32Array;
}

/** One bit an index: bit i is `words[i >> 5] >> (i & 31) & 1`. */
export interface Bitmap {
  readonly size: number;
  readonly words: Uint32Array;
}

/** A sparse matrix in compressed rows; columns ascend within a row and do not repeat. */
export interface Csr {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Uint32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
}
