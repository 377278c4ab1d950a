import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressOf, allocate, floats, nativeOf } from '../../runtime/wasm/index.ts';
import type { StateTensor, Tensor, TensorRuntime } from '../../spi/index.ts';
import type { Bags } from '../feeds.ts';
import { isTable, type Parameter, type Table } from '../parameter.ts';
import { clipTogether } from './clip.ts';
import { notListed } from './not-listed.ts';
import type { ParameterStore } from './store.ts';
import { createUpdateRule, type OptimizerConfig } from './update-rules.ts';
import { nativeRule } from './wasm-rules.ts';

/** A parameter in the backend's memory, with the optimizer's slots of the same shape. */
interface Resident {
  readonly parameter: Parameter;
  readonly value: Tensor;
  readonly slots: readonly Tensor[];
}

/** The summed gradient of a table's touched rows; see `accumulateRows`. */
interface RowSums {
  readonly place: Tensor;
  readonly list: Tensor;
  sums: Tensor;
  capacity: number;
  known: number;
}

/** Parameters in the memory of tfjs's wasm backend, gathered and updated there by our kernels: nothing is copied out. */
export const createWasmStore = (
  { tf }: TensorRuntime,
  parameters: readonly Parameter[],
  config: OptimizerConfig,
): ParameterStore => {
  const backend = tf.backend() as unknown as BackendWasm;
  const native = nativeOf(backend);
  const { slotNames } = createUpdateRule(config);
  const at = (tensor: Tensor): number => addressOf(backend, tensor);
  const view = (tensor: Tensor): Float32Array => floats(backend, tensor);
  const upload = ({ data, shape }: Parameter): Tensor => tf.tensor(data, [...shape], 'float32');

  const residents = new Map<Parameter, Resident>();
  const rowSums = new Map<Parameter, RowSums>();
  for (const parameter of parameters) {
    const slots = slotNames.map(() => tf.zeros([...parameter.shape]));
    residents.set(parameter, { parameter, value: upload(parameter), slots });
  }
  const uploadBags = ({ offsets, weights }: Bags) =>
    [tf.tensor1d(Int32Array.from(offsets), 'int32'), tf.tensor1d(weights)] as const;
  const whole = tf.zeros([1], 'int32');
  const rule = nativeRule(config, native);
  let step = 0;

  const residentOf = (parameter: Parameter): Resident => residents.get(parameter) ?? notListed(parameter);
  const fresh = (shape: readonly number[]): Tensor =>
    tf.engine().makeTensorFromTensorInfo(allocate(backend, [...shape], 'float32'));

  /** Where a table's gradients are summed, with room for `more` rows. */
  const sumsOf = (table: Table, more: number): RowSums => {
    let entry = rowSums.get(table);
    if (!entry) {
      const [place, list] = [tf.zeros([table.rows], 'int32'), tf.zeros([table.rows], 'int32')];
      entry = { place, list, sums: tf.zeros([1]), capacity: 0, known: 0 };
      rowSums.set(table, entry);
    }
    const needed = Math.min(table.rows, entry.known + more);
    if (needed > entry.capacity) {
      const larger = fresh([needed, table.columns]);
      view(larger).set(view(entry.sums).subarray(0, entry.known * table.columns));
      entry.sums.dispose();
      entry.sums = larger;
      entry.capacity = needed;
    }
    return entry;
  };

  return {
    rows: ({ table, indices, shape, bags }) => {
      const { value } = residentOf(table);
      const places = tf.tensor1d(indices, 'int32');
      const out = fresh([...shape, table.columns]);
      if (bags) {
        const [offsets, weights] = uploadBags(bags);
        native.sumBags(at(value), table.columns, at(offsets), at(places), at(weights), offsets.size - 1, at(out));
      } else native.copyRows(at(value), table.columns, at(places), indices.length, at(out));
      return out;
    },
    // Copies: XNNPACK keeps packed weights by tensor, and these change in place.
    dense: () => {
      const copies = new Map<Parameter, Tensor>();
      for (const { parameter, value } of residents.values()) {
        if (isTable(parameter)) continue;
        const copy = fresh(parameter.shape);
        view(copy).set(view(value));
        copies.set(parameter, copy);
      }
      return copies;
    },
    update: async (lookups, dense, { factor, clipNorm }) => {
      const touched = new Map<Table, RowSums>();
      for (const { lookup, gradient } of lookups) {
        if (!gradient) continue;
        const { table, indices, bags } = lookup;
        if (!touched.has(table) && rowSums.has(table)) rowSums.get(table)!.known = 0;
        const entry = sumsOf(table, indices.length);
        touched.set(table, entry);
        const places = tf.tensor1d(indices, 'int32');
        const [offsets, weights] = bags ? uploadBags(bags) : [];
        const sums = [at(entry.place), at(entry.list), at(entry.sums), entry.known] as const;
        entry.known =
          offsets && weights
            ? native.accumulateBags(
                ...[at(gradient), table.columns, at(offsets), at(places), at(weights), offsets.size - 1],
                ...sums,
              )
            : native.accumulateRows(at(gradient), table.columns, at(places), indices.length, ...sums);
        tf.dispose([places, offsets, weights]);
      }
      let used = dense.flatMap(({ parameter, gradient }) => (gradient ? [{ parameter, gradient }] : []));
      const copies: Tensor[] = [];
      if (clipNorm !== undefined) {
        // Two parameters may share one gradient tensor: each is scaled in a copy of its own.
        used = used.map(({ parameter, gradient }) => {
          const copy = fresh(gradient.shape);
          view(copy).set(view(gradient));
          copies.push(copy);
          return { parameter, gradient: copy };
        });
        const parts = used.map(({ gradient }) => view(gradient));
        for (const [table, { sums, known }] of touched) parts.push(view(sums).subarray(0, known * table.columns));
        clipTogether(parts, clipNorm);
      }
      rule.begin(++step, factor);
      for (const { parameter, gradient } of used) {
        const { value, slots } = residentOf(parameter);
        rule.update(at(value), slots.map(at), value.size, at(whole), 1, at(gradient));
      }
      for (const [table, { list, sums, known }] of touched) {
        const { value, slots } = residentOf(table);
        rule.update(at(value), slots.map(at), table.columns, at(list), known, at(sums));
      }
      tf.dispose(copies);
    },
    pull: () => {
      for (const { parameter, value } of residents.values()) parameter.data.set(view(value));
    },
    push: (memory) => {
      step = memory.step;
      for (const { parameter, value, slots } of residents.values()) {
        view(value).set(parameter.data);
        for (const [k, name] of slotNames.entries()) {
          view(slots[k]!).set(memory.tensors[`${parameter.name}/${name}`]!.data);
        }
      }
    },
    memory: () => {
      const tensors: Record<string, StateTensor> = {};
      for (const { parameter, slots } of residents.values()) {
        for (const [k, name] of slotNames.entries()) {
          tensors[`${parameter.name}/${name}`] = { shape: parameter.shape, data: view(slots[k]!).slice() };
        }
      }
      return { step, tensors };
    },
    dispose: () => {
      for (const { value, slots } of residents.values()) tf.dispose([value, ...slots]);
      for (const { place, list, sums } of rowSums.values()) tf.dispose([place, list, sums]);
      whole.dispose();
    },
  };
};
