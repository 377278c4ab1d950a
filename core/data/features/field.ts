import type { FeatureColumn, Json } from '../../spi/index.ts';
import type { DatePart } from './encoding.ts';
import type { Values } from './labels.ts';

/** What was learned about one field: plain JSON, kept in the bundle. */
export type FieldState =
  | {
      readonly kind: 'number';
      readonly scale: 'none' | 'standard' | 'log';
      readonly mean: number;
      readonly deviation: number;
    }
  | { readonly kind: 'buckets'; readonly bounds: readonly number[] }
  | { readonly kind: 'category'; readonly labels: readonly string[] }
  | { readonly kind: 'categories'; readonly labels: readonly string[] }
  | { readonly kind: 'tokens'; readonly labels: readonly string[] }
  | { readonly kind: 'text' }
  | {
      readonly kind: 'date';
      readonly parts: readonly DatePart[];
      /** ms since the epoch: what `age` counts back from. */
      readonly reference: number;
      readonly meanAge: number;
      readonly ageDeviation: number;
    }
  | { readonly kind: 'vector'; readonly width: number }
  | { readonly kind: 'cross'; readonly of: readonly string[]; readonly size: number };

/** A column as every batch of the vocabulary has it. */
export interface ColumnDescription {
  readonly name: string;
  readonly kind: FeatureColumn['kind'];
  /** What the config asks for: `number`, `tokens`, ... */
  readonly encoding: FieldState['kind'];
  /** Values a row of a dense column. */
  readonly width?: number;
  /** Codes of a categorical column or bag, 0 and 1 included. */
  readonly size?: number;
}

/** Reads a field's values once, in any order. */
export interface FieldLearner {
  add(value: Json | undefined): void;
  state(): FieldState;
}

/** A fitted field: values in, columns out. */
export interface FieldEncoder {
  readonly columns: readonly ColumnDescription[];
  /** One column a description, in their order; `onMalformed` is called once a value that does not fit. */
  encode(values: Values, onMalformed: () => void): readonly FeatureColumn[];
  /** The label of each code of column `place`, from code 0 on; undefined = codes have no labels. */
  labels(place: number): readonly string[] | undefined;
}

export const SPECIAL_LABELS = ['(missing)', '(unseen)'] as const;
