import type { FieldEncoder, FieldLearner, FieldState } from './field.ts';
import { malformed, parseText, parseVector } from './values.ts';

/** Fields with nothing to learn. */
export const learnNothing = (state: FieldState): FieldLearner => ({ add: () => {}, state: () => state });

/** The raw strings; null = missing. */
export const textEncoder = (name: string): FieldEncoder => ({
  columns: [{ name, kind: 'text', encoding: 'text' }],
  encode: (values, onMalformed) => [
    {
      kind: 'text',
      values: values.map((value) => {
        const text = parseText(value);
        if (text === malformed) onMalformed();
        return text === malformed ? null : (text ?? null);
      }),
    },
  ],
  labels: () => undefined,
});

/** Vectors from elsewhere, as they are; a row of NaN = missing. */
export const vectorEncoder = (name: string, { width }: Extract<FieldState, { kind: 'vector' }>): FieldEncoder => ({
  columns: [{ name, kind: 'dense', encoding: 'vector', width }],
  encode: (values, onMalformed) => {
    const encoded = new Float32Array(values.length * width).fill(Number.NaN);
    for (let r = 0; r < values.length; r++) {
      const vector = parseVector(values[r], width);
      if (vector === malformed) onMalformed();
      else if (vector !== undefined) encoded.set(vector, r * width);
    }
    return [{ kind: 'dense', width, values: encoded }];
  },
  labels: () => undefined,
});
