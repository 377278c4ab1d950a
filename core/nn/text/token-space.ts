import { chooseTerms, countTerms, type Term, visitTerms } from '../../data/index.ts';
import { type FeatureRows, type Json, type Ragged, RecographError } from '../../spi/index.ts';

/** The tokens that a text network knows: a word of a raw text field, or a code of an encoded one. */
export interface TokenSpace {
  readonly fields: readonly string[];
  readonly terms: readonly Pick<Term, 'field' | 'term'>[];
}

/** Tokens in at least `minCount` items, the `maxTokens` most frequent. Throws CONFIG_INVALID for a field of numbers. */
export const learnTokens = (
  items: FeatureRows,
  fields: readonly string[],
  { minCount, maxTokens }: { readonly minCount: number; readonly maxTokens: number },
): TokenSpace => {
  for (const field of fields) {
    if (items.columns[field]?.kind !== 'dense') continue;
    const message = `The field "${field}" is a column of numbers, where words or categories are read. Leave it out.`;
    throw new RecographError('CONFIG_INVALID', message, { at: 'fields' });
  }
  const terms = chooseTerms(countTerms(items, fields), minCount, maxTokens);
  return { fields, terms: terms.map(({ field, term }) => ({ field, term })) };
};

/** The known tokens of each item in their order, field after field; the first `length`. A token is its place in `terms`. */
export const tokensOf = (items: FeatureRows, { fields, terms }: TokenSpace, length: number): Ragged => {
  const places = fields.map(() => new Map<number | string, number>());
  for (const [place, { field, term }] of terms.entries()) places[field]!.set(term, place);
  const offsets = new Uint32Array(items.rows + 1);
  const values: number[] = [];
  for (let row = 0; row < items.rows; row++) {
    const end = values.length + length;
    fields.forEach((field, f) => {
      const column = items.columns[field];
      if (!column) return;
      visitTerms(column, row, (term) => {
        const place = places[f]!.get(term);
        if (place !== undefined && values.length < end) values.push(place);
      });
    });
    offsets[row + 1] = values.length;
  }
  return { offsets, values: Int32Array.from(values) };
};

export const tokensToJson = ({ fields, terms }: TokenSpace): Json => ({
  fields,
  terms: terms.map(({ field, term }) => [field, term]),
});

export const tokensFromJson = (json: Json): TokenSpace => {
  const { fields, terms } = json as unknown as { fields: string[]; terms: [number, number | string][] };
  return { fields, terms: terms.map(([field, term]) => ({ field, term })) };
};
