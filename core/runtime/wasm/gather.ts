import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, integers, type KernelCall } from './heap.ts';
import { addressOf, nativeOf } from './native.ts';

/** Rows of x [rows, ...] at indices of any shape: GatherV2 along axis 0. */
export const gatherRows: KernelFunc = (call) => {
  const backend = backendOf(call);
  const { x, indices } = call.inputs;
  const rest = x!.shape.slice(1);
  const out = allocate(backend, [...indices!.shape, ...rest], 'float32');
  const columns = rest.reduce((product, length) => product * length, 1);
  const count = integers(backend, indices!).length;
  nativeOf(backend).copyRows(
    addressOf(backend, x!),
    columns,
    addressOf(backend, indices!),
    count,
    addressOf(backend, out),
  );
  return out;
};

/** Axis 0, no batch axes, every index a row: what is left goes to tfjs's own kernel with its own error. */
export const isGatherRows = (call: KernelCall): boolean => {
  const { x, indices } = call.inputs;
  const { axis, batchDims = 0 } = call.attrs as { axis: number; batchDims?: number };
  if (axis !== 0 || batchDims !== 0 || x!.dtype !== 'float32' || indices!.dtype !== 'int32') return false;
  const rows = x!.shape[0]!;
  return integers(backendOf(call), indices!).every((index) => index >= 0 && index < rows);
};
