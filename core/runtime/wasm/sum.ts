import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, type KernelCall } from './heap.ts';
import { addressOf, nativeOf } from './native.ts';

/** Sum over the leading axes, what the gradient of a bias asks for; tfjs's own transposes first. */
export const sumLeading: KernelFunc = (call) => {
  const backend = backendOf(call);
  const x = call.inputs.x!;
  const { keepDims } = call.attrs as { keepDims: boolean };
  const summed = axesOf(call).length;
  const kept = x.shape.slice(summed);
  const columns = kept.reduce((product, length) => product * length, 1);
  const rows = x.shape.slice(0, summed).reduce((product, length) => product * length, 1);
  const out = allocate(backend, keepDims ? [...x.shape.slice(0, summed).fill(1), ...kept] : kept, 'float32');
  nativeOf(backend).sumColumns(addressOf(backend, x), rows, columns, addressOf(backend, out));
  return out;
};

/** Whether the summed axes are the leading ones, and not all. */
export const isSumLeading = (call: KernelCall): boolean => {
  const x = call.inputs.x!;
  const axes = axesOf(call);
  return (
    x.dtype === 'float32' &&
    axes.length > 0 &&
    axes.length < x.shape.length &&
    axes.every((axis, place) => axis === place)
  );
};

const axesOf = (call: KernelCall): number[] => {
  const rank = call.inputs.x!.shape.length;
  const { axis } = call.attrs as { axis: number | number[] | null };
  const axes = axis == null ? call.inputs.x!.shape.map((_, place) => place) : [axis].flat();
  return axes.map((place) => (place < 0 ? place + rank : place)).sort((a, b) => a - b);
};
