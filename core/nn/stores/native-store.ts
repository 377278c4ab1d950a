import type { StateTensor, TensorRuntime } from '../../spi/index.ts';
import type { Bags } from '../feeds.ts';
import { isTable, type Parameter, type Table } from '../parameter.ts';
import { backendHeap } from './backend-heap.ts';
import { clipTogether } from './clip.ts';
import type { Heap, Run } from './heap.ts';
import { nativeRule } from './native-rules.ts';
import { notListed } from './not-listed.ts';
import { ownHeap } from './own-heap.ts';
import type { ParameterStore } from './store.ts';
import { createUpdateRule, type OptimizerConfig } from './update-rules.ts';

/** A parameter in the heap, with the optimizer's slots of the same shape. */
interface Resident {
  readonly parameter: Parameter;
  readonly value: Run;
  readonly slots: readonly Run[];
}

/** The summed gradient of a table's touched rows; see `accumulateRows`. */
interface RowSums {
  readonly place: Run;
  readonly list: Run;
  sums: Run;
  known: number;
}

/** For the wasm runtime: parameters in its backend's memory; nothing is copied out. */
export const createWasmStore = (runtime: TensorRuntime, parameters: readonly Parameter[], config: OptimizerConfig) =>
  createNativeStore(backendHeap(runtime), parameters, config);

/** For any other runtime: parameters in a memory of our own; a step uploads a batch's rows and brings gradients back. */
export const createOwnStore = (runtime: TensorRuntime, parameters: readonly Parameter[], config: OptimizerConfig) =>
  createNativeStore(ownHeap(runtime), parameters, config);

/** Parameters in a heap, gathered and updated there by our kernels. */
const createNativeStore = (heap: Heap, parameters: readonly Parameter[], config: OptimizerConfig): ParameterStore => {
  const { native } = heap;
  const { slotNames } = createUpdateRule(config);
  const residents = new Map<Parameter, Resident>();
  const rowSums = new Map<Table, RowSums>();
  for (const parameter of parameters) {
    const size = parameter.data.length;
    const value = heap.allocate(size);
    value.floats().set(parameter.data);
    residents.set(parameter, { parameter, value, slots: slotNames.map(() => heap.allocate(size)) });
  }
  const whole = heap.allocate(1);
  const rule = nativeRule(config, native);
  let step = 0;

  const residentOf = (parameter: Parameter): Resident => residents.get(parameter) ?? notListed(parameter);
  const lendBags = ({ offsets, weights }: Bags) => [heap.lend(Int32Array.from(offsets)), heap.lend(weights)] as const;
  const at = (run: Run): number => run.address();

  /** Where a table's gradients are summed, with room for `more` rows. */
  const sumsOf = (table: Table, more: number): RowSums => {
    let entry = rowSums.get(table);
    if (!entry) {
      entry = {
        place: heap.allocate(table.rows),
        list: heap.allocate(table.rows),
        sums: heap.allocate(table.columns),
        known: 0,
      };
      rowSums.set(table, entry);
    }
    const needed = Math.min(table.rows, entry.known + more) * table.columns;
    if (needed > entry.sums.length) {
      const larger = heap.allocate(needed);
      larger.floats().set(entry.sums.floats().subarray(0, entry.known * table.columns));
      entry.sums.free();
      entry.sums = larger;
    }
    return entry;
  };

  return {
    prepare: async () => heap.begin?.(),
    rows: ({ table, indices, shape, bags }) => {
      const { value } = residentOf(table);
      const places = heap.lend(indices);
      const [offsets, weights] = bags ? lendBags(bags) : [];
      const rows = heap.produce([...shape, table.columns], (out) => {
        if (offsets && weights) {
          native.sumBags(at(value), table.columns, at(offsets), at(places), at(weights), offsets.length - 1, out);
        } else native.copyRows(at(value), table.columns, at(places), indices.length, out);
      });
      for (const run of [places, offsets, weights]) run?.free();
      return rows;
    },
    // Copies: XNNPACK keeps packed weights by tensor, and these change in place.
    dense: () =>
      new Map(
        [...residents.values()]
          .filter(({ parameter }) => !isTable(parameter))
          .map(({ parameter, value }) => {
            const bytes = value.length * 4;
            const copy = heap.produce(parameter.shape, (out) =>
              native.copyRuns(at(value), bytes, out, bytes, bytes, 1),
            );
            return [parameter, copy];
          }),
      ),
    update: async (lookups, dense, { factor, clipNorm }) => {
      const [rowGradients, used] = await Promise.all([
        Promise.all(
          lookups.flatMap(({ lookup, gradient }) =>
            gradient ? [heap.receive(gradient, false).then((run) => ({ lookup, run }))] : [],
          ),
        ),
        // Two parameters may share one gradient: each is scaled in a copy of its own.
        Promise.all(
          dense.flatMap(({ parameter, gradient }) =>
            gradient ? [heap.receive(gradient, clipNorm !== undefined).then((run) => ({ parameter, run }))] : [],
          ),
        ),
      ]);
      const touched = new Map<Table, RowSums>();
      for (const { lookup, run } of rowGradients) {
        const { table, indices, bags } = lookup;
        if (!touched.has(table) && rowSums.has(table)) rowSums.get(table)!.known = 0;
        const entry = sumsOf(table, indices.length);
        touched.set(table, entry);
        const places = heap.lend(indices);
        const [offsets, weights] = bags ? lendBags(bags) : [];
        const sums = [at(entry.place), at(entry.list), at(entry.sums), entry.known] as const;
        if (offsets && weights) {
          const bag = [at(run), table.columns, at(offsets), at(places), at(weights), offsets.length - 1] as const;
          entry.known = native.accumulateBags(...bag, ...sums);
        } else {
          const { length } = indices;
          const order = heap.lend(new Int32Array(2 * length + 256));
          native.sortByRow(at(places), length, table.rows, at(order), at(order) + 4 * length);
          entry.known = native.accumulateRows(at(run), table.columns, at(places), at(order), length, ...sums);
          order.free();
        }
        for (const lent of [places, offsets, weights, run]) lent?.free();
      }
      if (clipNorm !== undefined) {
        const parts = used.map(({ run }) => run.floats());
        for (const [table, { sums, known }] of touched) parts.push(sums.floats().subarray(0, known * table.columns));
        clipTogether(parts, clipNorm);
      }
      rule.begin(++step, factor);
      for (const { parameter, run } of used) {
        const { value, slots } = residentOf(parameter);
        rule.update(at(value), slots.map(at), value.length, at(whole), 1, at(run));
        run.free();
      }
      for (const [table, { list, sums, known }] of touched) {
        const { value, slots } = residentOf(table);
        rule.update(at(value), slots.map(at), table.columns, at(list), known, at(sums));
      }
    },
    pull: () => {
      for (const { parameter, value } of residents.values()) parameter.data.set(value.floats());
    },
    push: (memory) => {
      step = memory.step;
      for (const { parameter, value, slots } of residents.values()) {
        value.floats().set(parameter.data);
        for (const [k, name] of slotNames.entries()) {
          slots[k]!.floats().set(memory.tensors[`${parameter.name}/${name}`]!.data);
        }
      }
    },
    memory: () => {
      const tensors: Record<string, StateTensor> = {};
      for (const { parameter, slots } of residents.values()) {
        for (const [k, name] of slotNames.entries()) {
          tensors[`${parameter.name}/${name}`] = { shape: parameter.shape, data: slots[k]!.floats().slice() };
        }
      }
      return { step, tensors };
    },
    dispose: () => {
      for (const { value, slots } of residents.values()) for (const run of [value, ...slots]) run.free();
      for (const { place, list, sums } of rowSums.values()) for (const run of [place, list, sums]) run.free();
      whole.free();
    },
  };
};
