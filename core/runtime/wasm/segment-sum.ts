import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, floats, integers } from './heap.ts';

/**
 * UnsortedSegmentSum, the gradient of gather: out[ids[n]] += x[n] over the first axis.
 * x [n, ...], ids [n] -> [numSegments, ...]; negative ids are dropped, as tfjs does.
 */
export const segmentSum: KernelFunc = (call) => {
  const backend = backendOf(call);
  const { x, segmentIds } = call.inputs;
  const segments = (call.attrs as { numSegments: number }).numSegments;
  const out = allocate(backend, [segments, ...x!.shape.slice(1)], x!.dtype);
  const sums = floats(backend, out).fill(0);
  const values = floats(backend, x!);
  const ids = integers(backend, segmentIds!);
  const width = ids.length === 0 ? 0 : values.length / ids.length;
  for (let n = 0; n < ids.length; n++) {
    const segment = ids[n]!;
    if (segment < 0 || segment >= segments) continue;
    const to = segment * width;
    const from = n * width;
    for (let c = 0; c < width; c++) sums[to + c]! += values[from + c]!;
  }
  return out;
};
