import type { Matrix } from '../spi/index.ts';
import type { Initializer } from './initializers.ts';

/**
 * Learned numbers. `data` is what `train` starts from and is current again in its `validate` hook and when it ends;
 * in between they live where the runtime is fastest.
 */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** An embedding table [rows x columns], updated row by row: only a batch's rows are read, differentiated and written. */
export interface Table extends Parameter, Matrix {
  readonly rows: number;
  readonly columns: number;
}

/** A parameter that every step uses whole. Names are unique within a model: they key its state. */
export const parameter = (name: string, shape: readonly number[], init: Initializer): Parameter => ({
  name,
  shape,
  data: init(shape),
});

export const table = (name: string, rows: number, columns: number, init: Initializer): Table => ({
  name,
  shape: [rows, columns],
  rows,
  columns,
  data: init([rows, columns]),
});

export const isTable = (candidate: Parameter): candidate is Table => 'rows' in candidate;
