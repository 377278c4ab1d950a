import type { ComponentState, Matrix } from '../spi/index.ts';
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

/** What a state keeps of parameters, by their names: copies. */
export const parameterTensors = (parameters: readonly Parameter[]): ComponentState['tensors'] =>
  Object.fromEntries(parameters.map(({ name, shape, data }) => [name, { shape, data: data.slice() }]));

/** Puts what `parameterTensors` gave into parameters of the same names and shapes. */
export const loadParameters = (parameters: readonly Parameter[], tensors: ComponentState['tensors']): void => {
  for (const { name, data } of parameters) data.set(tensors[name]!.data);
};

export const isTable = (candidate: Parameter): candidate is Table => 'rows' in candidate;
