import type { Lookup } from '../feeds.ts';
import type { Table } from '../parameter.ts';

/** The gradient of a table's touched rows: row `rows[k]` has `values[k * columns .. (k + 1) * columns)`, k < count. */
export class RowGradients {
  readonly table: Table;
  count = 0;
  rows = new Int32Array(0);
  values = new Float32Array(0);
  /** Place of a row in `rows`, valid only where `rows` confirms it: so nothing is cleared between steps. */
  readonly #place: Int32Array;

  constructor(table: Table) {
    this.table = table;
    this.#place = new Int32Array(table.rows);
  }

  /** Adds the gradient of each row that was looked up (negative = padding, dropped); repeated rows are summed. */
  add({ indices, bags }: Pick<Lookup, 'indices' | 'bags'>, gradient: Float32Array): void {
    this.#reserve(this.count + indices.length);
    const { columns } = this.table;
    if (!bags) {
      for (let k = 0; k < indices.length; k++) this.#addRow(indices[k]!, gradient, k * columns, 1);
      return;
    }
    const { offsets, weights } = bags;
    for (let b = 0; b + 1 < offsets.length; b++) {
      for (let k = offsets[b]!; k < offsets[b + 1]!; k++) {
        this.#addRow(indices[k]!, gradient, b * columns, weights[k]!);
      }
    }
  }

  #addRow(row: number, gradient: Float32Array, from: number, weight: number): void {
    if (row < 0) return;
    const { columns } = this.table;
    const { rows, values } = this;
    let at = this.#place[row]!;
    if (at < this.count && rows[at] === row) {
      at *= columns;
      for (let c = 0; c < columns; c++) values[at + c]! += weight * gradient[from + c]!;
    } else {
      at = this.count++;
      this.#place[row] = at;
      rows[at] = row;
      at *= columns;
      for (let c = 0; c < columns; c++) values[at + c] = weight * gradient[from + c]!;
    }
  }

  clear(): void {
    this.count = 0;
  }

  #reserve(capacity: number): void {
    const needed = Math.min(capacity, this.table.rows);
    if (this.rows.length >= needed) return;
    const rows = new Int32Array(needed);
    const values = new Float32Array(needed * this.table.columns);
    rows.set(this.rows.subarray(0, this.count));
    values.set(this.values.subarray(0, this.count * this.table.columns));
    this.rows = rows;
    this.values = values;
  }
}
