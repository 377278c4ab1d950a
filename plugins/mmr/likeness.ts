import type { Matrix, StageContext } from 'recograph';

/** How alike two of some items are, by their places: 0..1. */
export type Likeness = (a: number, b: number) => number;

/** Cosine, negative values taken as 0. An item without a vector (beyond the matrix, NaN or zero) is like no other. */
export const vectorLikeness =
  (vectors: Matrix) =>
  (items: Int32Array): Likeness => {
    const width = vectors.columns;
    const units = new Float32Array(items.length * width);
    for (let k = 0; k < items.length; k++) {
      if (items[k]! >= vectors.rows) continue;
      const row = vectors.data.subarray(items[k]! * width, (items[k]! + 1) * width);
      let squares = 0;
      for (let d = 0; d < width; d++) squares += row[d]! * row[d]!;
      if (!(squares > 0)) continue;
      const scale = 1 / Math.sqrt(squares);
      for (let d = 0; d < width; d++) units[k * width + d] = row[d]! * scale;
    }
    return (a, b) => {
      let dot = 0;
      for (let d = 0; d < width; d++) dot += units[a * width + d]! * units[b * width + d]!;
      return Math.min(1, Math.max(0, dot));
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
