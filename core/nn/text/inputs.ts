import type { Ragged, Tensor } from '../../spi/index.ts';
import type { ItemInputs } from '../extractors/network.ts';
import { lookup } from '../feeds.ts';
import type { Table } from '../parameter.ts';

/** What `textInputs` feeds: token vectors [rows x length x columns], zeros at padding, and positions [rows x length]. */
export interface TextTensors {
  readonly tokens: Tensor;
  /** int32; place within the text, from 0; -1 = padding. */
  readonly positions: Tensor;
}

/** Texts as rows of `table`, padded to the longest of a batch. */
export const textInputs = (table: Table, { offsets, values }: Ragged): ItemInputs => {
  const lengthOf = (row: number): number => offsets[row + 1]! - offsets[row]!;
  return {
    rows: offsets.length - 1,
    has: (row) => lengthOf(row) > 0,
    feeds: (rows) => {
      const length = rows.reduce((most, row) => Math.max(most, lengthOf(row)), 1);
      const shape = [rows.length, length];
      const tokens = new Int32Array(rows.length * length).fill(-1);
      const positions = new Int32Array(rows.length * length).fill(-1);
      rows.forEach((row, r) => {
        tokens.set(values.subarray(offsets[row]!, offsets[row + 1]!), r * length);
        for (let k = 0; k < lengthOf(row); k++) positions[r * length + k] = k;
      });
      return { tokens: lookup(table, tokens, shape), positions: { data: positions, shape } };
    },
  };
};
