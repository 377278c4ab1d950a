import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf } from './heap.ts';
import { addressOf, nativeOf } from './native.ts';

/** Dropout: x, attributes `seed` and `rate`. The same call on a gradient is its way back. */
export const dropout: KernelFunc = (call) => {
  const backend = backendOf(call);
  const x = call.inputs.x!;
  const { seed, rate } = call.attrs as { seed: number; rate: number };
  const out = allocate(backend, x.shape, 'float32');
  const count = x.shape.reduce((product, length) => product * length, 1);
  nativeOf(backend).dropout(addressOf(backend, x), count, seed, rate, addressOf(backend, out));
  return out;
};
