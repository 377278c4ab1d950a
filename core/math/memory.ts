import { type KernelMemory, RecographError, type SharedArray, type SharedMemory } from '../spi/index.ts';
import type { KernelExports } from './wasm.ts';

type ArrayType<A> = {
  new (buffer: ArrayBufferLike, offset: number, length: number): A;
  readonly BYTES_PER_ELEMENT: number;
};

/** Views on one SharedMemory, as seen from one thread. */
export interface SharedHeap {
  /** Where `array` lies, or -1 when it is not in this memory. */
  address(array: SharedArray): number;
  /** `length` elements, not zeroed. */
  allocate<A extends SharedArray>(type: ArrayType<A>, length: number): A;
  release(address: number): void;
  arena(): KernelMemory;
}

export const createHeap = (memory: SharedMemory, wasm: KernelExports): SharedHeap => {
  // Growing gives the memory a new buffer object; views made before keep the old one.
  const buffers = new WeakSet<ArrayBufferLike>();
  const bufferOf = (end: number): ArrayBufferLike => {
    if (memory.buffer.byteLength < end) memory.grow(0); // another thread grew it: refresh this thread's buffer
    buffers.add(memory.buffer);
    return memory.buffer;
  };

  // A posted view arrives with a buffer object of its own; the same memory shows what is written here there, too.
  let probe: Int32Array | undefined;
  const isOurs = (buffer: ArrayBufferLike): boolean => {
    if (buffer === memory.buffer || buffers.has(buffer)) return true;
    if (!(buffer instanceof SharedArrayBuffer)) return false;
    probe ??= heap.allocate(Int32Array, 1);
    if (buffer.byteLength < probe.byteOffset + 4) return false;
    const there = new Int32Array(buffer, probe.byteOffset, 1);
    for (const token of [0x5eed, ~there[0]!, 0]) {
      Atomics.store(probe, 0, token);
      if (Atomics.load(there, 0) !== token) return false;
    }
    buffers.add(buffer);
    return true;
  };

  const heap: SharedHeap = {
    address: (array) => (isOurs(array.buffer) ? array.byteOffset : -1),
    allocate: (type, length) => {
      const bytes = length * type.BYTES_PER_ELEMENT;
      const address = bytes < 2 ** 32 ? wasm.allocate(bytes) >>> 0 : 0;
      if (address === 0) {
        throw new RecographError('TOO_LARGE', `The kernels' memory (4 GiB) has no room for ${bytes} more bytes.`);
      }
      return new type(bufferOf(address + bytes), address, length);
    },
    release: (address) => wasm.release(address),
    arena: () => {
      const held: number[] = [];
      const take = <A extends SharedArray>(type: ArrayType<A>, length: number): A => {
        const array = heap.allocate(type, length);
        held.push(array.byteOffset);
        return array;
      };
      const zeros = <A extends SharedArray>(type: ArrayType<A>, length: number): A => {
        const array = take(type, length);
        // Blocks are whole words; filling shared memory byte by byte takes four times as long.
        new Float64Array(array.buffer, array.byteOffset, Math.ceil(array.byteLength / 8)).fill(0);
        return array;
      };
      return {
        floats: (length) => zeros(Float32Array, length),
        doubles: (length) => zeros(Float64Array, length),
        ints: (length) => zeros(Int32Array, length),
        uints: (length) => zeros(Uint32Array, length),
        bytes: (length) => zeros(Uint8Array, length),
        share: <A extends SharedArray>(array: A): A => {
          if (heap.address(array) >= 0) return array;
          const copy = take(array.constructor as unknown as ArrayType<A>, array.length);
          copy.set(array);
          return copy;
        },
        release: () => {
          for (const address of held.splice(0)) heap.release(address);
        },
      };
    },
  };
  return heap;
};
