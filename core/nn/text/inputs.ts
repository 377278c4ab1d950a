import type { Tensor } from '../../spi/index.ts';
import type { ItemInputs } from '../extractors/network.ts';
import { lookup, readRows } from '../feeds.ts';
import type { Table } from '../parameter.ts';
import type { Texts } from './token-space.ts';

/** What `textInputs` feeds: token vectors [rows x length x columns], zeros at padding, and what stands beside them. */
export interface TextTensors {
  readonly tokens: Tensor;
  /** [rows x length], int32; place within the text, from 0; -1 = padding. */
  readonly positions: Tensor;
  /** [rows x length]: what each token weighs, see `Texts`; 0 at padding. */
  readonly weights: Tensor;
  /** [rows x 2]: l = ln(1 + tokens) / 5 and its square. */
  readonly extent: Tensor;
}

/** Texts as rows of `table`, padded to the longest of a batch; `fixed`: nothing is learned of the rows. */
export const textInputs = (table: Table, { offsets, values, weights }: Texts, fixed = false): ItemInputs => {
  const lengthOf = (row: number): number => offsets[row + 1]! - offsets[row]!;
  return {
    rows: offsets.length - 1,
    has: (row) => lengthOf(row) > 0,
    size: lengthOf,
    feeds: (rows) => {
      const length = rows.reduce((most, row) => Math.max(most, lengthOf(row)), 1);
      const shape = [rows.length, length];
      const tokens = new Int32Array(rows.length * length).fill(-1);
      const positions = new Int32Array(rows.length * length).fill(-1);
      const shares = new Float32Array(rows.length * length);
      const extent = new Float32Array(rows.length * 2);
      rows.forEach((row, r) => {
        tokens.set(values.subarray(offsets[row]!, offsets[row + 1]!), r * length);
        shares.set(weights.subarray(offsets[row]!, offsets[row + 1]!), r * length);
        for (let k = 0; k < lengthOf(row); k++) positions[r * length + k] = k;
        extent[r * 2] = Math.log1p(lengthOf(row)) / 5;
        extent[r * 2 + 1] = extent[r * 2]! ** 2;
      });
      const words = lookup(table, tokens, shape);
      return {
        tokens: fixed ? { data: readRows(words), shape: [...shape, table.columns] } : words,
        positions: { data: positions, shape },
        weights: { data: shares, shape },
        extent: { data: extent, shape: [rows.length, 2] },
      };
    },
  };
};
