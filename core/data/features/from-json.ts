import { type Json, RecographError } from '../../spi/index.ts';
import { createFeatureVocabulary, type FeatureVocabulary, type NamedField } from './vocabulary.ts';

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isNumber = (value: unknown): boolean => Number.isFinite(value);
const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isList = (check: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(check);
const isString = (value: unknown): boolean => typeof value === 'string';
const isOneOf =
  (...values: string[]) =>
  (value: unknown) =>
    values.includes(value as string);

const shapes = new Map<unknown, Shape>([
  ['number', { scale: isOneOf('none', 'standard', 'log'), mean: isNumber, deviation: isNumber }],
  ['buckets', { bounds: isList(isNumber) }],
  ['category', { labels: isList(isString) }],
  ['categories', { labels: isList(isString) }],
  ['tokens', { labels: isList(isString) }],
  ['text', {}],
  [
    'date',
    {
      parts: isList(isOneOf('hour', 'weekday', 'month', 'age')),
      reference: isNumber,
      meanAge: isNumber,
      ageDeviation: isNumber,
    },
  ],
  ['vector', { width: isSize }],
  ['cross', { of: isList(isString), size: isSize }],
]);

/** The vocabulary that `toJson` wrote. Throws BUNDLE_INVALID where the JSON is not one. */
export const featureVocabularyFromJson = (json: Json): FeatureVocabulary => {
  const { version, fields } = asRecord(json);
  if (version !== 1 || !Array.isArray(fields)) {
    throw new RecographError(
      'BUNDLE_INVALID',
      `The feature vocabulary has version ${JSON.stringify(version)}; this release reads version 1. Train again.`,
    );
  }
  fields.forEach((field, place) => {
    const { name, from, state } = asRecord(field);
    const learned = asRecord(state);
    const shape = shapes.get(learned.kind);
    if (!isString(name) || !isString(from) || !shape || !Object.entries(shape).every(([key, ok]) => ok(learned[key]))) {
      throw new RecographError(
        'BUNDLE_INVALID',
        `Field ${place} of the feature vocabulary is damaged (name ${JSON.stringify(name)}). Train again.`,
      );
    }
  });
  return createFeatureVocabulary(fields as unknown as readonly NamedField[]);
};

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
