import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, type KernelCall } from './heap.ts';
import { addressOf, nativeOf } from './native.ts';

/** Equality with a tensor that has length 1 along one axis: what the gradient of a maximum asks for. */
export const equalAlong: KernelFunc = (call) => {
  const backend = backendOf(call);
  const { a, b } = call.inputs;
  const axis = axisOf(call);
  const product = (shape: number[]): number => shape.reduce((size, length) => size * length, 1);
  const out = allocate(backend, a!.shape.slice(), 'bool');
  nativeOf(backend).equalAlong(
    addressOf(backend, a!),
    addressOf(backend, b!),
    product(a!.shape.slice(0, axis)),
    a!.shape[axis]!,
    product(a!.shape.slice(axis + 1)),
    addressOf(backend, out),
  );
  return out;
};

export const isEqualAlong = (call: KernelCall): boolean => {
  const { a, b } = call.inputs;
  return a!.dtype === 'float32' && b!.dtype === 'float32' && axisOf(call) >= 0;
};

/** The one axis in which the shapes differ, where b's length is 1; -1 where there is no such axis. */
const axisOf = ({ inputs: { a, b } }: KernelCall): number => {
  if (a!.shape.length !== b!.shape.length) return -1;
  const axes = a!.shape.flatMap((length, axis) => (length === b!.shape[axis] ? [] : [axis]));
  return axes.length === 1 && b!.shape[axes[0]!] === 1 ? axes[0]! : -1;
};
