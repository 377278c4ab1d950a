/** Orthonormal rows [count x width] along which most of what `gram` sums up lies. */
export interface Directions {
  readonly count: number;
  readonly data: Float32Array;
}

const POWER_STEPS = 2;

/**
 * As few directions, a multiple of 8, as hold `share` of the trace of a positive semidefinite matrix [width x width],
 * by subspace iteration (Halko, Martinsson, Tropp 2011); all coordinate directions where half the width is too few.
 */
export const leadingDirections = (gram: Float64Array, width: number, share: number): Directions => {
  let trace = 0;
  for (let k = 0; k < width; k++) trace += gram[k * width + k]!;
  const most = width >> 1;
  const q = largestCoordinates(gram, width, most);
  for (let step = 0; step < POWER_STEPS; step++) orthonormalise(times(q, gram, most, width), q, most, width);
  let held = 0;
  for (let r = 0; r < most; r++) {
    held += quadratic(q, r, gram, width);
    if ((r + 1) % 8 === 0 && held >= share * trace)
      return { count: r + 1, data: Float32Array.from(q.subarray(0, (r + 1) * width)) };
  }
  const count = Math.ceil(width / 4) * 4;
  const data = new Float32Array(count * width);
  for (let k = 0; k < width; k++) data[k * width + k] = 1;
  return { count, data };
};

/** Unit rows of the coordinates with the largest diagonal entries, in falling order. */
const largestCoordinates = (gram: Float64Array, width: number, count: number): Float64Array => {
  const order = Array.from({ length: width }, (_, k) => k);
  order.sort((a, b) => gram[b * width + b]! - gram[a * width + a]! || a - b);
  const rows = new Float64Array(count * width);
  for (let r = 0; r < count; r++) rows[r * width + order[r]!] = 1;
  return rows;
};

/** rows * gram */
const times = (rows: Float64Array, gram: Float64Array, count: number, width: number): Float64Array => {
  const out = new Float64Array(count * width);
  for (let r = 0; r < count; r++) {
    for (let k = 0; k < width; k++) {
      const value = rows[r * width + k]!;
      if (value === 0) continue;
      for (let c = 0; c < width; c++) out[r * width + c]! += value * gram[k * width + c]!;
    }
  }
  return out;
};

/** Gram-Schmidt, twice over for orthogonality to the last digits; a row that depends on those before becomes 0. */
const orthonormalise = (rows: Float64Array, out: Float64Array, count: number, width: number): void => {
  const row = new Float64Array(width);
  for (let r = 0; r < count; r++) {
    row.set(rows.subarray(r * width, (r + 1) * width));
    const before = length(row);
    for (let pass = 0; pass < 2; pass++) {
      for (let s = 0; s < r; s++) {
        let along = 0;
        for (let k = 0; k < width; k++) along += row[k]! * out[s * width + k]!;
        for (let k = 0; k < width; k++) row[k]! -= along * out[s * width + k]!;
      }
    }
    const left = length(row);
    const scale = left > 1e-9 * before ? 1 / left : 0;
    for (let k = 0; k < width; k++) out[r * width + k] = row[k]! * scale;
  }
};

const length = (row: Float64Array): number => {
  let squares = 0;
  for (const value of row) squares += value * value;
  return Math.sqrt(squares);
};

/** q_r' gram q_r */
const quadratic = (q: Float64Array, r: number, gram: Float64Array, width: number): number => {
  let sum = 0;
  for (let k = 0; k < width; k++) {
    let along = 0;
    for (let c = 0; c < width; c++) along += gram[k * width + c]! * q[r * width + c]!;
    sum += q[r * width + k]! * along;
  }
  return sum;
};
