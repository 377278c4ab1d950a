import type { Matrix } from '../../spi/index.ts';
import type { Slots } from './slots.ts';

/** What the slots of each row add up to. */
export interface SlotSums {
  /** Sum of w_j x_j. */
  readonly linear: Float32Array;
  /** Sum of x_j v_j, [rows x columns]. */
  readonly vectors: Matrix;
  /** Sum of |x_j v_j|^2. */
  readonly squares: Float32Array;
}

/** Sums without tensors, for scoring: `vectors` [layout.rows x columns] and `weights` [layout.rows] hold v_j and w_j. */
export const slotSums = ({ columns, data }: Matrix, weights: Float32Array, slots: Slots): SlotSums => {
  const { rows, width, places, factors } = slots;
  const linear = new Float32Array(rows);
  const squares = new Float32Array(rows);
  const sums = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const sum = sums.subarray(r * columns, (r + 1) * columns);
    let [weight, square] = [0, 0];
    for (let k = r * width; k < (r + 1) * width; k++) {
      const place = places[k]!;
      if (place < 0) continue;
      const factor = factors ? factors[k]! : 1;
      weight += weights[place]! * factor;
      for (let c = 0; c < columns; c++) {
        const x = data[place * columns + c]! * factor;
        sum[c]! += x;
        square += x * x;
      }
    }
    linear[r] = weight;
    squares[r] = square;
  }
  return { linear, vectors: { rows, columns, data: sums }, squares };
};
