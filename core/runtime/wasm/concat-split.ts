import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import { allocate, backendOf, type KernelCall } from './heap.ts';
import { addressOf, nativeOf } from './native.ts';

/** Joins tensors along an axis; tfjs's own copies run by run in JavaScript. */
export const concat: KernelFunc = (call) => {
  const backend = backendOf(call);
  const parts = partsOf(call);
  const first = parts[0]!.shape;
  const axis = axisOf(call, first.length);
  const shape = [...first];
  shape[axis] = parts.reduce((length, part) => length + part.shape[axis]!, 0);
  const out = allocate(backend, shape, 'float32');
  const { outer, inner } = sizesAround(first, axis);
  const stride = shape[axis]! * inner * 4;
  let to = addressOf(backend, out);
  for (const part of parts) {
    const bytes = part.shape[axis]! * inner * 4;
    nativeOf(backend).copyRuns(addressOf(backend, part), bytes, to, stride, bytes, outer);
    to += bytes;
  }
  return out;
};

/** Cuts a tensor along an axis, the gradient of joining. */
export const split =
  (tf: Tf): KernelFunc =>
  (call) => {
    const backend = backendOf(call);
    const x = call.inputs.x!;
    const axis = axisOf(call, x.shape.length);
    const { numOrSizeSplits } = call.attrs as { numOrSizeSplits: number | number[] };
    const lengths = tf.backend_util.prepareSplitSize(x as never, numOrSizeSplits, axis);
    const { outer, inner } = sizesAround(x.shape, axis);
    const stride = x.shape[axis]! * inner * 4;
    let offset = 0;
    return lengths.map((length) => {
      const shape = [...x.shape];
      shape[axis] = length;
      const part = allocate(backend, shape, 'float32');
      const bytes = length * inner * 4;
      const from = addressOf(backend, x) + offset;
      nativeOf(backend).copyRuns(from, stride, addressOf(backend, part), bytes, bytes, outer);
      offset += bytes;
      return part;
    });
  };

export const isConcatFloats = (call: KernelCall): boolean => {
  const parts = partsOf(call);
  return parts.length > 1 && parts.every((part) => part.dtype === 'float32' && isFilled(part));
};
export const isSplitFloats = ({ inputs: { x } }: KernelCall): boolean => x!.dtype === 'float32' && isFilled(x!);

const partsOf = (call: KernelCall): TensorInfo[] => Object.values(call.inputs) as TensorInfo[];
const isFilled = ({ shape }: TensorInfo): boolean => shape.length > 0 && !shape.includes(0);

const axisOf = (call: KernelCall, rank: number): number => {
  const { axis } = call.attrs as { axis: number };
  return axis < 0 ? axis + rank : axis;
};

const sizesAround = (shape: readonly number[], axis: number) => ({
  outer: shape.slice(0, axis).reduce((product, length) => product * length, 1),
  inner: shape.slice(axis + 1).reduce((product, length) => product * length, 1),
});
