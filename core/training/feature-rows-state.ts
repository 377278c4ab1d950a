import type { ComponentState, FeatureColumn, FeatureRows, Json, StateTensor } from '../spi/index.ts';

type ColumnJson =
  | { kind: 'dense'; width: number }
  | { kind: 'categorical' | 'bag'; size: number }
  | { kind: 'text'; values: readonly (string | null)[] };

/** Feature rows as a bundle keeps them; `featureRowsFromState` gives them back. */
export const featureRowsToState = (features: FeatureRows): ComponentState => {
  const json: Record<string, Json> = Object.create(null);
  const tensors: Record<string, StateTensor> = Object.create(null);
  for (const [name, column] of Object.entries(features.columns)) {
    switch (column.kind) {
      case 'dense':
        json[name] = { kind: 'dense', width: column.width };
        tensors[`${name}/values`] = { shape: [features.rows, column.width], data: column.values };
        break;
      case 'categorical':
        json[name] = { kind: 'categorical', size: column.size };
        tensors[`${name}/codes`] = { shape: [features.rows], data: column.codes };
        break;
      case 'bag':
        json[name] = { kind: 'bag', size: column.size };
        tensors[`${name}/offsets`] = { shape: [column.offsets.length], data: column.offsets };
        tensors[`${name}/codes`] = { shape: [column.codes.length], data: column.codes };
        break;
      case 'text':
        json[name] = { kind: 'text', values: column.values };
    }
  }
  return { json: { rows: features.rows, columns: json }, tensors };
};

export const featureRowsFromState = ({ json, tensors }: ComponentState): FeatureRows => {
  const { rows, columns } = json as unknown as { rows: number; columns: Record<string, ColumnJson> };
  const result: Record<string, FeatureColumn> = Object.create(null);
  for (const [name, column] of Object.entries(columns)) {
    switch (column.kind) {
      case 'dense':
        result[name] = { ...column, kind: 'dense', values: tensors[`${name}/values`]!.data as Float32Array };
        break;
      case 'categorical':
        result[name] = { ...column, kind: 'categorical', codes: tensors[`${name}/codes`]!.data as Int32Array };
        break;
      case 'bag':
        result[name] = {
          ...column,
          kind: 'bag',
          offsets: tensors[`${name}/offsets`]!.data as Uint32Array,
          codes: tensors[`${name}/codes`]!.data as Int32Array,
        };
        break;
      case 'text':
        result[name] = column;
    }
  }
  return { rows, columns: result };
};
