import type { KernelFunc } from '@tensorflow/tfjs-core';
import { backendOf } from './heap.ts';

/** Identity shares the elements, as reshape does; tfjs's own copies them, once for every tensor that a gradient saves. */
export const identity: KernelFunc = (call) => {
  const x = call.inputs.x!;
  backendOf(call).incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
};
