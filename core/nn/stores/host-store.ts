import type { TensorRuntime } from '../../spi/index.ts';
import { readRows } from '../feeds.ts';
import { isTable, type Parameter, type Table } from '../parameter.ts';
import { clipByGlobalNorm, Optimizer } from './optimizer.ts';
import { RowGradients } from './row-gradients.ts';
import type { ParameterStore } from './store.ts';
import type { OptimizerConfig } from './update-rules.ts';

/** Parameters in `parameter.data` itself: a step uploads what it needs and brings gradients back. For any runtime. */
export const createHostStore = (
  { tf }: TensorRuntime,
  parameters: readonly Parameter[],
  config: OptimizerConfig,
): ParameterStore => {
  const optimizer = new Optimizer(config, parameters);
  const dense = parameters.filter((parameter) => !isTable(parameter));
  const buffers = new Map<Table, RowGradients>();
  const bufferOf = (table: Table): RowGradients => {
    let buffer = buffers.get(table);
    if (!buffer) {
      buffer = new RowGradients(table);
      buffers.set(table, buffer);
    }
    return buffer;
  };
  return {
    rows: (lookup) => tf.tensor(readRows(lookup), [...lookup.shape, lookup.table.columns], 'float32'),
    dense: () => new Map(dense.map((p) => [p, tf.tensor(p.data, [...p.shape], 'float32')])),
    update: async (lookups, parameters, { factor, clipNorm }) => {
      const [rowValues, denseValues] = await Promise.all(
        [lookups, parameters].map((side) => Promise.all(side.map(({ gradient }) => gradient?.data<'float32'>()))),
      );
      const touched = new Set<RowGradients>();
      for (const [k, { lookup }] of lookups.entries()) {
        const values = rowValues![k];
        if (!values) continue;
        const buffer = bufferOf(lookup.table);
        if (!touched.has(buffer)) buffer.clear();
        touched.add(buffer);
        buffer.add(lookup, values);
      }
      const gradients = {
        rows: [...touched],
        dense: parameters.flatMap(({ parameter }, k) => {
          const values = denseValues![k];
          // A copy where it will be scaled: two parameters may share one gradient.
          return values ? [{ parameter, values: clipNorm === undefined ? values : values.slice() }] : [];
        }),
      };
      if (clipNorm !== undefined) clipByGlobalNorm(gradients, clipNorm);
      optimizer.apply(gradients, factor);
    },
    pull: () => undefined,
    push: (memory) => optimizer.restore(memory),
    memory: () => optimizer.state(),
    dispose: () => undefined,
  };
};
