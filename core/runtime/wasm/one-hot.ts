import type { DataType, KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, floats, integers } from './heap.ts';

interface Attributes {
  depth: number;
  onValue: number;
  offValue: number;
  dtype: DataType;
}

/** OneHot as floats: tfjs 4.22's own writes the bits of integers there. An index outside 0 .. depth - 1 is all off. */
export const oneHotFloats: KernelFunc = (call) => {
  const backend = backendOf(call);
  const indices = call.inputs.indices!;
  const { depth, onValue, offValue } = call.attrs as unknown as Attributes;
  const out = allocate(backend, [...indices.shape, depth], 'float32');
  const values = floats(backend, out).fill(offValue);
  for (const [row, index] of integers(backend, indices).entries()) {
    if (index >= 0 && index < depth) values[row * depth + index] = onValue;
  }
  return out;
};
