import type { Matrix, StageContext } from 'recograph';
import { unitRows } from 'recograph/math';

/** How alike two of some items are, by their places: 0..1. */
export type Likeness = (a: number, b: number) => number;

/** Cosine, negative values taken as 0. An item without a vector (beyond the matrix, NaN or zero) is like no other. */
export const vectorLikeness =
  (vectors: Matrix) =>
  (items: Int32Array): Likeness => {
    const { columns } = vectors;
    const rows = new Float32Array(items.length * columns);
    for (const [k, item] of items.entries()) {
      if (item < vectors.rows) rows.set(vectors.data.subarray(item * columns, (item + 1) * columns), k * columns);
    }
    const { data } = unitRows({ rows: items.length, columns, data: rows });
    return (a, b) => {
      let dot = 0;
      for (let c = 0; c < columns; c++) dot += data[a * columns + c]! * data[b * columns + c]!;
      return dot > 0 ? Math.min(1, dot) : 0;
    };
  };

/** Codes below are missing and unseen: they make no two items alike. */
const FIRST_KNOWN = 2;

/** Cosine of the sets of codes: |A and B| / sqrt(|A| |B|), over all categorical fields and bags. */
export const categoryLikeness =
  (context: Pick<StageContext, 'features'>) =>
  (items: Int32Array): Likeness => {
    const sets: Set<string>[] = Array.from(items, () => new Set());
    for (const [name, column] of Object.entries(context.features(items).columns)) {
      for (let k = 0; k < items.length; k++) {
        if (column.kind === 'categorical') addCode(sets[k]!, name, column.codes[k]!);
        else if (column.kind === 'bag') {
          for (let c = column.offsets[k]!; c < column.offsets[k + 1]!; c++) addCode(sets[k]!, name, column.codes[c]!);
        }
      }
    }
    return (a, b) => {
      const [few, many] = sets[a]!.size < sets[b]!.size ? [sets[a]!, sets[b]!] : [sets[b]!, sets[a]!];
      if (few.size === 0) return 0;
      let shared = 0;
      for (const code of few) if (many.has(code)) shared++;
      return shared / Math.sqrt(few.size * many.size);
    };
  };

const addCode = (set: Set<string>, field: string, code: number): void => {
  if (code >= FIRST_KNOWN) set.add(`${field}:${code}`);
};
