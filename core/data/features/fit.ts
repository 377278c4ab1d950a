import { learnDate } from './date-field.ts';
import type { Attributes, FieldEncoding } from './encoding.ts';
import type { FieldLearner } from './field.ts';
import { createFieldSummary, type FieldSummary } from './infer.ts';
import { learnLabels } from './label-fields.ts';
import { learnNumber } from './number-field.ts';
import { learnNothing } from './plain-fields.ts';
import { createFeatureVocabulary, type FeatureVocabulary } from './vocabulary.ts';

export type Encodings = Readonly<Record<string, FieldEncoding>>;

/**
 * Learns from training records how their fields become columns. `encodings` is what the config asks for, by field, and
 * is kept even where no record has the field; `defaults` holds for fields that occur; what neither names is
 * inferred (see `createFieldSummary`). `records` is iterated twice. Columns stand in order of name, so their order does
 * not depend on the records'.
 */
export const fitFeatureVocabulary = (
  records: Iterable<Attributes>,
  encodings: Encodings = {},
  defaults: Encodings = {},
): FeatureVocabulary => {
  const chosen = chooseEncodings(records, encodings, defaults);
  const learners = [...chosen]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, encoding]) => ({ name, from: encoding.from ?? name, learner: learnerOf(encoding) }));
  for (const record of records) {
    for (const { from, learner } of learners) if (Object.hasOwn(record, from)) learner.add(record[from]);
  }
  return createFeatureVocabulary(learners.map(({ name, from, learner }) => ({ name, from, state: learner.state() })));
};

const chooseEncodings = (
  records: Iterable<Attributes>,
  encodings: Encodings,
  defaults: Encodings,
): ReadonlyMap<string, FieldEncoding> => {
  const chosen = new Map(Object.entries(encodings));
  const summaries = new Map<string, FieldSummary>();
  for (const record of records) {
    for (const name of Object.keys(record)) {
      if (chosen.has(name)) continue;
      if (Object.hasOwn(defaults, name)) {
        chosen.set(name, defaults[name]!);
        continue;
      }
      let summary = summaries.get(name);
      if (!summary) {
        summary = createFieldSummary();
        summaries.set(name, summary);
      }
      summary.add(record[name]!);
    }
  }
  for (const [name, summary] of summaries) {
    const encoding = summary.encoding();
    if (encoding) chosen.set(name, encoding);
  }
  return chosen;
};

const learnerOf = (encoding: FieldEncoding): FieldLearner => {
  switch (encoding.kind) {
    case 'number':
      return learnNumber(encoding);
    case 'category':
    case 'categories':
      return learnLabels(encoding.kind, encoding.minCount);
    case 'tokens':
      return learnLabels('tokens', encoding.minCount, encoding.maxTokens);
    case 'date':
      return learnDate(encoding.parts);
    case 'text':
      return learnNothing({ kind: 'text' });
    case 'vector':
      return learnNothing({ kind: 'vector', width: encoding.width });
    case 'cross':
      return learnNothing({ kind: 'cross', of: encoding.of, size: encoding.size });
  }
};
