import { type FeatureColumn, type FeatureRows, type Json, RecographError } from '../../spi/index.ts';
import { type CrossPart, encodeCross } from './cross-field.ts';
import { dateEncoder } from './date-field.ts';
import type { Attributes } from './encoding.ts';
import type { ColumnDescription, FieldEncoder, FieldState } from './field.ts';
import { labelEncoder } from './label-fields.ts';
import { FIRST, type Values } from './labels.ts';
import { bucketEncoder, numberEncoder } from './number-field.ts';
import { textEncoder, vectorEncoder } from './plain-fields.ts';

/** How attributes become columns, as learned from training records. The same code encodes in training and serving. */
export interface FeatureVocabulary {
  readonly columns: readonly ColumnDescription[];
  /**
   * One row a record. A value that does not fit its column is missing; where `malformed` is given,
   * it counts them by field name.
   */
  encode(records: readonly Attributes[], malformed?: Map<string, number>): FeatureRows;
  /** code -> label of a categorical column or bag; undefined where its codes have none (crosses), or no such column. */
  labels(column: string): readonly string[] | undefined;
  /** For `featureVocabularyFromJson`. */
  toJson(): Json;
}

export interface NamedField {
  readonly name: string;
  /** The attribute that is read. */
  readonly from: string;
  readonly state: FieldState;
}

export const createFeatureVocabulary = (fields: readonly NamedField[]): FeatureVocabulary => {
  const plain = fields
    .filter(({ state }) => state.kind !== 'cross')
    .map((field) => ({ ...field, encoder: encoderOf(field.name, field.state) }));
  const crosses = fields.flatMap(({ name, state }) => (state.kind === 'cross' ? [{ name, state }] : []));
  const columns = [
    ...plain.flatMap(({ encoder }) => encoder.columns),
    ...crosses.map(
      ({ name, state }): ColumnDescription => ({
        name,
        kind: 'categorical',
        encoding: 'cross',
        size: state.size + FIRST,
      }),
    ),
  ];
  refuseTwins(columns);

  return {
    columns,
    encode: (records, malformed) => {
      const encoded = new Map<string, FeatureColumn>();
      for (const { name, from, encoder } of plain) {
        const values = valuesOf(records, from);
        const count = () => malformed?.set(name, (malformed.get(name) ?? 0) + 1);
        encoder.encode(values, count).forEach((column, k) => {
          encoded.set(encoder.columns[k]!.name, column);
        });
      }
      for (const { name, state } of crosses) {
        const parts = state.of.map((part) => crossPart(encoded.get(part), records, part));
        encoded.set(name, encodeCross(records.length, parts, state));
      }
      return { rows: records.length, columns: Object.fromEntries(encoded) };
    },
    labels: (column) => {
      for (const { encoder } of plain) {
        const place = encoder.columns.findIndex(({ name }) => name === column);
        if (place >= 0) return encoder.labels(place);
      }
      return undefined;
    },
    toJson: () => ({ version: 1, fields: fields as unknown as Json }),
  };
};

const refuseTwins = (columns: readonly ColumnDescription[]): void => {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) {
      throw new RecographError(
        'CONFIG_INVALID',
        `Two fields give a feature column "${name}" (parts of a date are columns FIELD.PART). ` +
          'Name another encoding in data.features, with `from` to say which attribute it reads.',
        { at: 'data.features' },
      );
    }
    names.add(name);
  }
};

const encoderOf = (name: string, state: FieldState): FieldEncoder => {
  switch (state.kind) {
    case 'number':
      return numberEncoder(name, state);
    case 'buckets':
      return bucketEncoder(name, state);
    case 'category':
    case 'categories':
    case 'tokens':
      return labelEncoder(name, state);
    case 'text':
      return textEncoder(name);
    case 'date':
      return dateEncoder(name, state);
    case 'vector':
      return vectorEncoder(name, state);
    case 'cross':
      throw new TypeError('a cross is encoded from other columns');
  }
};

/** Own properties alone: a field may be called `constructor`. */
const valuesOf = (records: readonly Attributes[], field: string): Values =>
  records.map((record) => (Object.hasOwn(record, field) ? record[field] : undefined));

const crossPart = (column: FeatureColumn | undefined, records: readonly Attributes[], field: string): CrossPart =>
  column?.kind === 'categorical' ? { codes: column.codes } : { values: valuesOf(records, field) };
