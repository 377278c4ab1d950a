import { type KernelMemory, type Kernels, type Matrix, RecographError, type TensorRuntime } from 'recograph';
import { type Lookup, type OptimizerConfig, type ParameterStore, sharedOptimizer, type Table } from 'recograph/nn';
import { type Convolution, type Graph, type NodeVectors, nodeVectors, type UserPart, userPart } from './graph.ts';
import { addRows, pickRows } from './rows.ts';

export interface GraphParts {
  readonly graph: Graph;
  readonly layers: Convolution;
  readonly tables: { readonly users: Table; readonly items: Table };
}

/**
 * A store whose rows are the convolved ones: a step looks rows of them up, and their gradients go back through the
 * convolution to the tables themselves. Every step updates every row. What it needs lies in `memory`.
 */
export const graphStore = (
  { tf }: TensorRuntime,
  kernels: Kernels,
  memory: KernelMemory,
  { graph, layers, tables }: GraphParts,
  config: OptimizerConfig,
): ParameterStore => {
  const width = tables.users.columns;
  const optimizer = sharedOptimizer(kernels, memory, config, [tables.users, tables.items]);
  const gradient = nodeVectors(memory, graph, width);
  const { items } = nodeVectors(memory, graph, width);
  const place = new Int32Array(tables.users.rows);
  let step: Step | undefined;
  let stop = new AbortController().signal;

  /** A lookup's rows in what a step convolves. */
  const placed = ({ table, indices }: Lookup, { users }: NodeVectors): { matrix: Matrix; rows: Int32Array } => {
    if (table === tables.users) return { matrix: users, rows: indices.map((user) => place[user]!) };
    if (table === tables.items) return { matrix: items, rows: indices };
    throw new RecographError('INTERNAL', `table "${table.name}" is no side of the graph.`);
  };
  const forget = (): void => {
    step?.memory.release();
    step = undefined;
  };
  return {
    prepare: async (signal, lookups) => {
      forget();
      stop = signal;
      const own = kernels.memory();
      const asked = lookups.filter(({ table }) => table === tables.users).flatMap(({ indices }) => [...indices]);
      const users = Int32Array.from(new Set(asked)).sort();
      users.forEach((user, row) => {
        place[user] = row;
      });
      const vectors = { users: { rows: users.length, columns: width, data: own.floats(users.length * width) }, items };
      step = { memory: own, part: userPart(graph, users), vectors };
      await layers.forward(tables, step.part, vectors, signal);
    },
    rows: (lookup) => {
      const { matrix, rows } = placed(lookup, step!.vectors);
      return tf.tensor(pickRows(matrix, rows).data, [...lookup.shape, width], 'float32');
    },
    dense: () => new Map(),
    update: async (lookups, _dense, options) => {
      const values = await Promise.all(lookups.map(({ gradient }) => gradient?.data<'float32'>()));
      const { part, vectors } = step!;
      for (const { data } of Object.values(vectors)) data.fill(0);
      lookups.forEach(({ lookup }, l) => {
        const from = values[l];
        if (!from) return;
        const { matrix, rows } = placed(lookup, vectors);
        addRows(matrix, rows, from);
      });
      await layers.backward(vectors, part, gradient, stop);
      await optimizer.step([gradient.users.data, gradient.items.data], options, stop);
    },
    pull: () => undefined,
    push: (state) => optimizer.restore(state),
    memory: () => optimizer.state(),
    dispose: forget,
  };
};

/** What a step holds from `prepare` to `update`. */
interface Step {
  readonly memory: KernelMemory;
  readonly part: UserPart;
  readonly vectors: NodeVectors;
}
