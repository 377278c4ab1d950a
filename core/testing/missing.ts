import type { FeatureColumn, FeatureRows } from 'recograph';
import { MISSING_CODE, UNSEEN_CODE } from 'recograph';

const mapColumns = (features: FeatureRows, of: (column: FeatureColumn) => FeatureColumn): FeatureRows => ({
  rows: features.rows,
  columns: Object.fromEntries(Object.entries(features.columns).map(([name, column]) => [name, of(column)])),
});

/** The same columns with nothing in them. */
export const missingFeatures = (features: FeatureRows): FeatureRows =>
  mapColumns(features, (column) => {
    switch (column.kind) {
      case 'dense':
        return { ...column, values: new Float32Array(column.values.length).fill(Number.NaN) };
      case 'categorical':
        return { ...column, codes: new Int32Array(column.codes.length).fill(MISSING_CODE) };
      case 'bag':
        return { ...column, offsets: new Uint32Array(column.offsets.length), codes: new Int32Array(0) };
      case 'text':
        return { ...column, values: column.values.map(() => null) };
    }
  });

/** The same columns with codes and words that nobody saw while fitting, and numbers far from all others. */
export const unseenFeatures = (features: FeatureRows): FeatureRows =>
  mapColumns(features, (column) => {
    switch (column.kind) {
      case 'dense':
        return { ...column, values: new Float32Array(column.values.length).fill(1e6) };
      case 'categorical':
      case 'bag':
        return { ...column, codes: new Int32Array(column.codes.length).fill(UNSEEN_CODE) };
      case 'text':
        return { ...column, values: column.values.map(() => 'zzyzx qwxyz') };
    }
  });
