import type { Matrix } from 'recograph';
import type { Table } from 'recograph/nn';
import { type Parts, partsOf } from './network.ts';

/** One side's tables side by side, [rows x all their columns]. */
export const joinRows = (parts: Parts<Table>): Matrix => {
  const tables = partsOf(parts);
  const rows = tables[0]!.rows;
  const columns = tables.reduce((sum, table) => sum + table.columns, 0);
  const data = new Float32Array(rows * columns);
  let first = 0;
  for (const table of tables) {
    for (let row = 0; row < rows; row++) {
      data.set(table.data.subarray(row * table.columns, (row + 1) * table.columns), row * columns + first);
    }
    first += table.columns;
  }
  return { rows, columns, data };
};

/** Where a joined row has each part, `[from, to)`. */
export const placesOf = ({ product, deep, bias }: Parts<Table>): Parts<readonly [number, number]> => {
  let at = 0;
  const next = (table: Table | undefined): readonly [number, number] | undefined => {
    if (!table) return undefined;
    at += table.columns;
    return [at - table.columns, at];
  };
  return { product: next(product), deep: next(deep), bias: next(bias) };
};

/** Rows that no example held never left their first values: back to zeros. */
export const forgetRows = (parts: Parts<Table>, mass: Float32Array): void => {
  for (const { columns, data } of partsOf(parts)) {
    for (let row = 0; row < mass.length; row++) if (mass[row] === 0) data.fill(0, row * columns, (row + 1) * columns);
  }
};
