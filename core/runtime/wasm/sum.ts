import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, type KernelCall } from './heap.ts';
import { addressOf, nativeOf } from './native.ts';

/** Sum over neighbouring axes that are not the last, what gradients of biases and broadcasts ask for; tfjs's own transposes first. */
export const sumBeforeLast: KernelFunc = (call) => {
  const backend = backendOf(call);
  const { shape } = call.inputs.x!;
  const { keepDims } = call.attrs as { keepDims: boolean };
  const axes = axesOf(call);
  const [first, end] = [axes[0]!, axes.at(-1)! + 1];
  const sizeOf = (lengths: readonly number[]): number => lengths.reduce((product, length) => product * length, 1);
  const [before, summed, after] = [shape.slice(0, first), shape.slice(first, end), shape.slice(end)];
  const kept = keepDims ? summed.map(() => 1) : [];
  const out = allocate(backend, [...before, ...kept, ...after], 'float32');
  const sizes = [sizeOf(before), sizeOf(summed), sizeOf(after)] as const;
  nativeOf(backend).sumColumns(addressOf(backend, call.inputs.x!), ...sizes, addressOf(backend, out));
  return out;
};

export const isSumBeforeLast = (call: KernelCall): boolean => {
  const x = call.inputs.x!;
  const axes = axesOf(call);
  return (
    x.dtype === 'float32' &&
    axes.length > 0 &&
    axes.at(-1)! < x.shape.length - 1 &&
    axes.every((axis, place) => axis === axes[0]! + place)
  );
};

const axesOf = (call: KernelCall): number[] => {
  const rank = call.inputs.x!.shape.length;
  const { axis } = call.attrs as { axis: number | number[] | null };
  const axes = axis == null ? call.inputs.x!.shape.map((_, place) => place) : [axis].flat();
  return axes.map((place) => (place < 0 ? place + rank : place)).sort((a, b) => a - b);
};
