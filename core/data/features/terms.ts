import type { FeatureColumn, FeatureRows } from '../../spi/index.ts';
import { FIRST as FIRST_CODE } from './labels.ts';
import { tokenize } from './tokenize.ts';

/** Calls `visit` once an occurrence: the code (>= 2), or the word, of each term of a row. */
export const visitTerms = (column: FeatureColumn, row: number, visit: (term: number | string) => void): void => {
  switch (column.kind) {
    case 'categorical': {
      const code = column.codes[row]!;
      if (code >= FIRST_CODE) visit(code);
      break;
    }
    case 'bag':
      for (let k = column.offsets[row]!; k < column.offsets[row + 1]!; k++) {
        if (column.codes[k]! >= FIRST_CODE) visit(column.codes[k]!);
      }
      break;
    case 'text': {
      const text = column.values[row];
      if (text) for (const word of tokenize(text)) visit(word);
      break;
    }
    case 'dense':
      break;
  }
};

/** A term of the space: where it stands, and in how many training items. */
export interface Term {
  readonly field: number;
  readonly term: number | string;
  readonly count: number;
}

/** In how many rows each term stands, over all fields. */
export const countTerms = (items: FeatureRows, fields: readonly string[]): readonly Term[] =>
  fields.flatMap((field, place) => {
    const column = items.columns[field];
    if (!column) return [];
    const counts = new Map<number | string, number>();
    for (let r = 0; r < items.rows; r++) {
      const seen = new Set<number | string>();
      visitTerms(column, r, (term) => seen.add(term));
      for (const term of seen) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    return [...counts].map(([term, count]) => ({ field: place, term, count }));
  });

/** The terms in at least `minCount` items, the most frequent `maxFeatures` of them; ties by field, then term. */
export const chooseTerms = (terms: readonly Term[], minCount: number, maxFeatures: number): readonly Term[] =>
  terms
    .filter(({ count }) => count >= minCount)
    .sort((a, b) => b.count - a.count || a.field - b.field || (a.term < b.term ? -1 : 1))
    .slice(0, maxFeatures);
