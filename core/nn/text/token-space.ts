import {
  chooseTerms,
  countTerms,
  createTermSpace,
  type TermSpace,
  termPlaces,
  termWeight,
  visitTerms,
} from '../../data/index.ts';
import { type FeatureRows, type Json, type Ragged, RecographError } from '../../spi/index.ts';

/** The tokens that a text network knows, terms in at least `minCount` items. Throws CONFIG_INVALID for a field of numbers. */
export const learnTokens = (
  items: FeatureRows,
  fields: readonly string[],
  { minCount, maxTokens }: { readonly minCount: number; readonly maxTokens: number },
): TermSpace => {
  for (const field of fields) {
    if (items.columns[field]?.kind !== 'dense') continue;
    const message = `The field "${field}" is a column of numbers, where words or categories are read. Leave it out.`;
    throw new RecographError('CONFIG_INVALID', message, { at: 'fields' });
  }
  return createTermSpace(fields, chooseTerms(countTerms(items, fields), minCount, maxTokens), items.rows);
};

/** Tokens of texts, and what each weighs: together a token's occurrences weigh as its tf-idf, a text's tokens 1 in length. */
export interface Texts extends Ragged {
  readonly weights: Float32Array;
}

/** The known tokens of each item in their order, field after field; the first `length`. A token is its place in `terms`. */
export const tokensOf = (items: FeatureRows, space: TermSpace, length: number): Texts => {
  const places = termPlaces(space);
  const offsets = new Uint32Array(items.rows + 1);
  const values: number[] = [];
  const weights: number[] = [];
  for (let row = 0; row < items.rows; row++) {
    const end = values.length + length;
    space.fields.forEach((field, f) => {
      const column = items.columns[field];
      if (!column) return;
      visitTerms(column, row, (term) => {
        const place = places[f]!.get(term);
        if (place !== undefined && values.length < end) values.push(place);
      });
    });
    offsets[row + 1] = values.length;
    weights.push(...weightsOf(values.slice(offsets[row]!), space));
  }
  return { offsets, values: Int32Array.from(values), weights: Float32Array.from(weights) };
};

/** (1 + ln n) idf / n for each of a token's n occurrences, divided by the length of the text's tf-idf vector. */
const weightsOf = (tokens: readonly number[], space: TermSpace): number[] => {
  const counts = new Map<number, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const length = Math.hypot(...[...counts].map(([token, count]) => termWeight(space, token, count)));
  return tokens.map((token) => termWeight(space, token, counts.get(token)!) / counts.get(token)! / length);
};

export const tokensToJson = ({ fields, terms, idf }: TermSpace): Json => ({
  fields,
  terms: terms.map(({ field, term }, place) => [field, term, idf[place]!]),
});

export const tokensFromJson = (json: Json): TermSpace => {
  const { fields, terms } = json as unknown as { fields: string[]; terms: [number, number | string, number][] };
  return {
    fields,
    terms: terms.map(([field, term]) => ({ field, term })),
    idf: Float32Array.from(terms, ([, , idf]) => idf),
  };
};
