import { RecographError, type Tensor, type TensorRuntime } from 'recograph';
import { type Lookup, Optimizer, type OptimizerConfig, type ParameterStore, type Table } from 'recograph/nn';
import type { Convolution, NodeVectors } from './graph.ts';

/**
 * A store whose rows are the convolved ones: a step looks rows of `out` up, and their gradients go back through the
 * convolution to `x`, the tables themselves. Every step updates every row.
 */
export const graphStore = (
  { tf }: TensorRuntime,
  tables: { readonly users: Table; readonly items: Table },
  { apply }: Convolution,
  work: { readonly out: NodeVectors; readonly gradient: NodeVectors },
  config: OptimizerConfig,
): ParameterStore => {
  const { out, gradient } = work;
  const optimizer = new Optimizer(config, [tables.users, tables.items]);
  const sideOf = (table: Table): 'users' | 'items' => {
    if (table === tables.users) return 'users';
    if (table === tables.items) return 'items';
    throw new RecographError('INTERNAL', `table "${table.name}" is no side of the graph.`);
  };
  let convolved = false;
  let stop = new AbortController().signal;
  return {
    prepare: async (signal) => {
      stop = signal;
      if (!convolved) await apply(tables, out, signal);
      convolved = true;
    },
    rows: ({ table, indices, shape }: Lookup): Tensor => {
      const { columns, data } = out[sideOf(table)];
      const rows = new Float32Array(indices.length * columns);
      for (let k = 0; k < indices.length; k++) {
        const from = indices[k]! * columns;
        for (let c = 0; c < columns; c++) rows[k * columns + c] = data[from + c]!;
      }
      return tf.tensor(rows, [...shape, columns], 'float32');
    },
    dense: () => new Map(),
    update: async (lookups, _dense, { factor }) => {
      const values = await Promise.all(lookups.map(({ gradient }) => gradient?.data<'float32'>()));
      out.users.data.fill(0);
      out.items.data.fill(0);
      lookups.forEach(({ lookup: { table, indices } }, l) => {
        const from = values[l];
        if (!from) return;
        const { columns, data } = out[sideOf(table)];
        for (let k = 0; k < indices.length; k++) {
          const to = indices[k]! * columns;
          for (let c = 0; c < columns; c++) data[to + c]! += from[k * columns + c]!;
        }
      });
      convolved = false;
      await apply(out, gradient, stop);
      const dense = [
        { parameter: tables.users, values: gradient.users.data },
        { parameter: tables.items, values: gradient.items.data },
      ];
      optimizer.apply({ rows: [], dense }, factor);
    },
    pull: () => undefined,
    push: ({ step, tensors }) => {
      convolved = false;
      optimizer.restore(step, tensors);
    },
    memory: () => optimizer.state(),
    dispose: () => undefined,
  };
};
