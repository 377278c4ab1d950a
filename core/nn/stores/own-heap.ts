import { nativeIn, pagedMemory } from '../../runtime/wasm/index.ts';
import { RecographError, type TensorRuntime } from '../../spi/index.ts';
import type { Heap, Run } from './heap.ts';

const PAGE = 65_536;
const MOST_PAGES = 65_536;

/** Memory of our own beside any backend: rows are gathered and updated here by the kernels, batches go over as tensors. */
export const ownHeap = ({ tf }: TensorRuntime): Heap => {
  const memory = pagedMemory(16, MOST_PAGES);
  let top = 1024;
  /** Freed runs by the power of two that they have room for. */
  const free = new Map<number, number[]>();

  const reserve = (length: number): number => {
    const address = top;
    top += Math.ceil((length * 4) / 16) * 16;
    const lacking = Math.ceil((top - memory.buffer.byteLength) / PAGE);
    if (lacking > 0) {
      // Twice as much each time, but no more than there may be.
      const present = memory.buffer.byteLength / PAGE;
      const pages = Math.max(lacking, Math.min(present, MOST_PAGES - present));
      try {
        memory.grow(pages);
      } catch (cause) {
        const message = `A training's parameters need more than ${Math.floor(memory.buffer.byteLength / 2 ** 20)} MiB, and there is no more: take smaller tables.`;
        throw new RecographError('TOO_LARGE', message, { cause });
      }
    }
    return address;
  };
  const runAt = (address: number, length: number, release: () => void): Run => ({
    length,
    address: () => address,
    floats: () => new Float32Array(memory.buffer, address, length),
    free: release,
  });
  /** A run to be written whole and freed soon. */
  const borrow = (length: number): Run => {
    const room = 2 ** Math.ceil(Math.log2(Math.max(4, length)));
    const known = free.get(room) ?? [];
    free.set(room, known);
    const address = known.pop() ?? reserve(room);
    return runAt(address, length, () => known.push(address));
  };
  const lend: Heap['lend'] = (values) => {
    const run = borrow(values.length);
    if (values instanceof Int32Array) new Int32Array(memory.buffer, run.address(), values.length).set(values);
    else run.floats().set(values);
    return run;
  };

  return {
    native: nativeIn(memory),
    allocate: (length) => runAt(reserve(length), length, () => undefined),
    lend,
    receive: async (gradient) => lend(await gradient.data<'float32'>()),
    produce: (shape, write) => {
      const run = borrow(shape.reduce((product, size) => product * size, 1));
      write(run.address());
      const out = tf.tensor(run.floats().slice(), [...shape], 'float32');
      run.free();
      return out;
    },
  };
};
