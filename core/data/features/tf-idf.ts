import type { Csr, FeatureRows } from '../../spi/index.ts';
import { type Term, visitTerms } from './terms.ts';

/** Terms as columns of a sparse matrix, each with its inverse document frequency. */
export interface TermSpace {
  readonly fields: readonly string[];
  readonly terms: readonly Pick<Term, 'field' | 'term'>[];
  /** ln((1 + items) / (1 + items with the term)) + 1. */
  readonly idf: Float32Array;
}

export const createTermSpace = (fields: readonly string[], terms: readonly Term[], items: number): TermSpace => ({
  fields,
  terms: terms.map(({ field, term }) => ({ field, term })),
  idf: Float32Array.from(terms, ({ count }) => Math.log((1 + items) / (1 + count)) + 1),
});

/** Where in the space each field's terms stand. */
export const termPlaces = ({ fields, terms }: TermSpace): Map<number | string, number>[] => {
  const places = fields.map(() => new Map<number | string, number>());
  for (const [place, { field, term }] of terms.entries()) places[field]!.set(term, place);
  return places;
};

/** (1 + ln tf) idf of the term at `place` that stands `count` times in a text. */
export const termWeight = ({ idf }: TermSpace, place: number, count: number): number =>
  (1 + Math.log(count)) * idf[place]!;

/**
 * Rows of (1 + ln tf) idf, each of unit length (Salton & Buckley 1988, weights `l t c` with a smoothed idf).
 * A row without a known term is empty.
 */
export const tfIdf = (items: FeatureRows, space: TermSpace): Csr => {
  const places = termPlaces(space);
  const offsets = new Uint32Array(items.rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let r = 0; r < items.rows; r++) {
    const counts = new Map<number, number>();
    space.fields.forEach((field, f) => {
      const column = items.columns[field];
      if (!column) return;
      visitTerms(column, r, (term) => {
        const place = places[f]!.get(term);
        if (place !== undefined) counts.set(place, (counts.get(place) ?? 0) + 1);
      });
    });
    const row = [...counts].sort(([a], [b]) => a - b);
    const weights = row.map(([place, count]) => termWeight(space, place, count));
    const norm = Math.hypot(...weights);
    row.forEach(([place], k) => {
      indices.push(place);
      values.push(weights[k]! / norm);
    });
    offsets[r + 1] = indices.length;
  }
  return {
    rows: items.rows,
    columns: space.terms.length,
    offsets,
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
  };
};
