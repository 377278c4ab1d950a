import type { Json } from '../../spi/index.ts';
import { type FieldEncoder, type FieldLearner, type FieldState, SPECIAL_LABELS } from './field.ts';
import { codesOf, encodeBag, encodeCategory, FIRST, rankLabels } from './labels.ts';
import { tokenize } from './tokenize.ts';
import { malformed, type Parsed, parseLabel, parseLabels, parseText } from './values.ts';

const parseTokens = (value: Json | undefined): Parsed<readonly string[]> => {
  const text = parseText(value);
  return text === undefined || text === malformed ? text : tokenize(text);
};

type LabelKind = 'category' | 'categories' | 'tokens';
const parsers = { category: parseLabel, categories: parseLabels, tokens: parseTokens } as const;

export const learnLabels = (kind: LabelKind, minCount: number, limit?: number): FieldLearner => {
  const counts = new Map<string, number>();
  const parse = parsers[kind];
  return {
    add: (value) => {
      const parsed = parse(value);
      if (parsed === undefined || parsed === malformed) return;
      for (const label of typeof parsed === 'string' ? [parsed] : parsed)
        counts.set(label, (counts.get(label) ?? 0) + 1);
    },
    state: () => ({ kind, labels: rankLabels(counts, minCount, limit) }),
  };
};

/** One code a value (category), or a bag of codes in the order of the source (categories, tokens). */
export const labelEncoder = (name: string, state: Extract<FieldState, { kind: LabelKind }>): FieldEncoder => {
  const codes = codesOf(state.labels);
  const size = state.labels.length + FIRST;
  return {
    columns: [{ name, kind: state.kind === 'category' ? 'categorical' : 'bag', encoding: state.kind, size }],
    encode: (values, onMalformed) => [
      state.kind === 'category'
        ? encodeCategory(values, parseLabel, codes, onMalformed)
        : encodeBag(values, parsers[state.kind], codes, onMalformed),
    ],
    labels: () => [...SPECIAL_LABELS, ...state.labels],
  };
};
