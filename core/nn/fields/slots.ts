import type { EncodedSide } from './encode.ts';

/** Rows of encoded fields laid out for a lookup: each row has the same number of slots, field after field. */
export interface Slots {
  readonly rows: number;
  /** Slots a row. */
  readonly width: number;
  /** Slots of each field; they add up to `width`. */
  readonly widths: readonly number[];
  /** [rows x width] rows of the embedding tables; -1 = nothing. */
  readonly places: Int32Array;
  /** [rows x width], what each looked-up row is multiplied by; undefined where all are 1. */
  readonly factors: Float32Array | undefined;
}

/** Some rows of one side; `rows` may repeat and comes in any order. */
export interface SideRows {
  readonly side: EncodedSide;
  readonly rows: Int32Array;
}

/** Puts rows of several sides side by side: row r is `parts[0].rows[r]`, `parts[1].rows[r]`, ... */
export const slotsOf = (parts: readonly SideRows[]): Slots => {
  const count = parts[0]?.rows.length ?? 0;
  const columns = parts.flatMap(({ side, rows }) => side.map((field) => ({ field, rows, width: widest(field, rows) })));
  const widths = columns.map(({ width }) => width);
  const width = widths.reduce((sum, w) => sum + w, 0);
  const places = new Int32Array(count * width).fill(-1);
  const weighted = columns.some(({ field }) => field.kind === 'many');
  const factors = weighted ? new Float32Array(count * width).fill(1) : undefined;
  let first = 0;
  for (const { field, rows, width: own } of columns) {
    for (let r = 0; r < count; r++) {
      const at = r * width + first;
      if (field.kind === 'one') places[at] = field.places[rows[r]!]!;
      else {
        const from = field.offsets[rows[r]!]!;
        const length = field.offsets[rows[r]! + 1]! - from;
        for (let k = 0; k < length; k++) {
          places[at + k] = field.places[from + k]!;
          factors![at + k] = field.factors[from + k]!;
        }
      }
    }
    first += own;
  }
  return { rows: count, width, widths, places, factors };
};

/** These rows, in that order. */
export const pickSlots = (slots: Slots, rows: Int32Array): Slots => {
  const { width } = slots;
  const places = new Int32Array(rows.length * width);
  const factors = slots.factors && new Float32Array(rows.length * width);
  for (let r = 0; r < rows.length; r++) {
    const from = rows[r]! * width;
    for (let k = 0; k < width; k++) {
      places[r * width + k] = slots.places[from + k]!;
      if (factors) factors[r * width + k] = slots.factors![from + k]!;
    }
  }
  return { ...slots, rows: rows.length, places, factors };
};

const widest = (field: EncodedSide[number], rows: Int32Array): number => {
  if (field.kind === 'one') return 1;
  let most = 0;
  for (const row of rows) most = Math.max(most, field.offsets[row + 1]! - field.offsets[row]!);
  return most;
};
