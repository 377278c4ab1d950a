import { MISSING_CODE } from '../../data/index.ts';
import type { FeatureColumn, FeatureRows } from '../../spi/index.ts';
import type { Field, FieldLayout, Side } from './layout.ts';

/** One field of some rows: a table row each (-1 = nothing), or any number of them with a factor each. */
export type EncodedField =
  | { readonly kind: 'one'; readonly places: Int32Array }
  | {
      readonly kind: 'many';
      readonly offsets: Uint32Array;
      readonly places: Int32Array;
      readonly factors: Float32Array;
    };

/** All fields of one side, row for row. */
export type EncodedSide = readonly EncodedField[];

/**
 * Features as rows of the embedding tables. An id or category is one row; n codes of a bag count 1 / n each; a number
 * counts as much as it is. Missing values have a row of their own, an id that is not known has none.
 */
export const encodeSide = (
  { fields }: FieldLayout,
  side: Side,
  features: FeatureRows,
  ids: Int32Array | undefined,
): EncodedSide =>
  fields
    .filter((field) => field.side === side)
    .map((field): EncodedField => {
      if (field.column === undefined) return { kind: 'one', places: placesOfIds(field, features.rows, ids) };
      const given = Object.hasOwn(features.columns, field.column) ? features.columns[field.column] : undefined;
      const column = given?.kind === field.kind ? given : undefined;
      if (field.kind === 'dense') return encodeNumbers(field, features.rows, column);
      if (field.kind === 'bag') return encodeBag(field, features.rows, column);
      const places = new Int32Array(features.rows).fill(field.offset + MISSING_CODE);
      if (column?.kind === 'categorical') {
        for (let r = 0; r < places.length; r++) places[r] = field.offset + column.codes[r]!;
      }
      return { kind: 'one', places };
    });

const placesOfIds = ({ offset, size }: Field, rows: number, ids: Int32Array | undefined): Int32Array => {
  const places = new Int32Array(rows).fill(-1);
  if (ids) for (let r = 0; r < rows; r++) if (ids[r]! >= 0 && ids[r]! < size) places[r] = offset + ids[r]!;
  return places;
};

const encodeNumbers = ({ offset, size }: Field, rows: number, column: FeatureColumn | undefined): EncodedField => {
  const width = size - 1;
  const offsets = Uint32Array.from({ length: rows + 1 }, (_, r) => r * width);
  const places = new Int32Array(rows * width).fill(-1);
  const factors = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) {
    const values = column?.kind === 'dense' ? column.values.subarray(r * width, (r + 1) * width) : undefined;
    if (!values || values.some(Number.isNaN)) {
      places[r * width] = offset + width;
      factors[r * width] = 1;
      continue;
    }
    for (let d = 0; d < width; d++) places[r * width + d] = offset + d;
    factors.set(values, r * width);
  }
  return { kind: 'many', offsets, places, factors };
};

const encodeBag = ({ offset }: Field, rows: number, column: FeatureColumn | undefined): EncodedField => {
  const bag = column?.kind === 'bag' ? column : undefined;
  const offsets = new Uint32Array(rows + 1);
  for (let r = 0; r < rows; r++) {
    offsets[r + 1] = offsets[r]! + Math.max(1, bag ? bag.offsets[r + 1]! - bag.offsets[r]! : 0);
  }
  const places = new Int32Array(offsets[rows]!).fill(offset + MISSING_CODE);
  const factors = new Float32Array(offsets[rows]!).fill(1);
  for (let r = 0; bag && r < rows; r++) {
    const from = bag.offsets[r]!;
    const count = bag.offsets[r + 1]! - from;
    for (let k = 0; k < count; k++) {
      places[offsets[r]! + k] = offset + bag.codes[from + k]!;
      factors[offsets[r]! + k] = 1 / count;
    }
  }
  return { kind: 'many', offsets, places, factors };
};
