import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, floats } from './heap.ts';
import { addressOf, nativeOf } from './native.ts';

/**
 * UnsortedSegmentSum, the gradient of gather: out[ids[n]] += x[n] over the first axis.
 * x [n, ...], ids [n] -> [numSegments, ...]; ids outside 0 .. numSegments - 1 are dropped, as tfjs does.
 */
export const segmentSum: KernelFunc = (call) => {
  const backend = backendOf(call);
  const { x, segmentIds } = call.inputs;
  const segments = (call.attrs as { numSegments: number }).numSegments;
  const rest = x!.shape.slice(1);
  const out = allocate(backend, [segments, ...rest], 'float32');
  floats(backend, out).fill(0);
  const columns = rest.reduce((product, length) => product * length, 1);
  nativeOf(backend).addRows(
    addressOf(backend, x!),
    columns,
    addressOf(backend, segmentIds!),
    x!.shape[0]!,
    addressOf(backend, out),
    segments,
  );
  return out;
};
