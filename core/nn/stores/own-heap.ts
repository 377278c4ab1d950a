import { MOST_PAGES, nativeAlone } from '../../runtime/wasm/index.ts';
import { RecographError, type Tensor, type TensorRuntime } from '../../spi/index.ts';
import { hasOwnKernel, runOwnKernel } from '../own-kernels.ts';
import type { Heap, Run } from './heap.ts';

const PAGE = 65_536;
/** TensorFlow takes memory that starts on such an address as it is, and copies any other. */
const ALIGNMENT = 64;

/** Floats from which on a gradient is better written here than read back. */
const LARGE = 65_536;

/** Memory of our own beside any backend: rows are gathered and updated here by the kernels, batches go over as tensors. */
export const ownHeap = ({ tf }: TensorRuntime): Heap => {
  const { memory, native } = nativeAlone();
  let top = 1024;
  /** Freed runs by the power of two that they have room for. */
  const free = new Map<number, number[]>();
  /** What this step's tensors show. */
  let shown: Run[] = [];

  const reserve = (length: number): number => {
    const address = top;
    top += Math.ceil((length * 4) / ALIGNMENT) * ALIGNMENT;
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
  const show = (run: Run, shape: readonly number[]): Tensor => tf.tensor(run.floats(), [...shape], 'float32');

  return {
    native,
    begin: () => {
      for (const run of shown) run.free();
      shown = [];
    },
    allocate: (length) => runAt(reserve(length), length, () => undefined),
    lend: (values) => {
      const run = borrow(values.length);
      if (values instanceof Int32Array) new Int32Array(memory.buffer, run.address(), values.length).set(values);
      else run.floats().set(values);
      return run;
    },
    receive: async (gradient) => {
      const run = borrow(gradient.size);
      if (gradient.size >= LARGE && hasOwnKernel(tf, 'CopyInto')) {
        const target = show(run, [1, gradient.size]);
        for (const tensor of [...runOwnKernel(tf, 'CopyInto', { x: gradient, target }), target]) tensor.dispose();
      } else run.floats().set(await gradient.data<'float32'>());
      return run;
    },
    produce: (shape, write) => {
      const run = borrow(shape.reduce((product, size) => product * size, 1));
      shown.push(run);
      write(run.address());
      return show(run, shape);
    },
  };
};
