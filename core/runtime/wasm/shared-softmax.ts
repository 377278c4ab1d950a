import type { KernelFunc } from '@tensorflow/tfjs-core';
import { allocate, backendOf, floats } from './heap.ts';
import { MAT_MUL_SCRATCH_BYTES } from './mat-mul.ts';
import { addressOf, nativeOf, withScratch } from './native.ts';

/**
 * SharedSoftmax: hidden and targets [steps x width], others [others x width], hits [steps x 1] -> the mean loss [], its
 * gradient by the logits [steps x others] and by each step's own logit [steps x 1]; see core/nn/sequences.
 */
export const sharedSoftmax: KernelFunc = (call) => {
  const backend = backendOf(call);
  const native = nativeOf(backend);
  const { hidden, targets, others, hits } = call.inputs;
  const [steps, width] = hidden!.shape as [number, number];
  const count = others!.shape[0]!;
  const at = (tensor: { dataId: object }): number => addressOf(backend, tensor);
  const loss = allocate(backend, [], 'float32');
  const logits = allocate(backend, [steps, count], 'float32');
  const dPositives = allocate(backend, [steps, 1], 'float32');
  const positives = allocate(backend, [steps], 'float32');
  native.dotRows(at(hidden!), at(targets!), steps, width, at(positives));
  withScratch(backend, MAT_MUL_SCRATCH_BYTES, (scratch) => {
    native.matMul(steps, count, width, at(hidden!), width, 1, at(others!), 1, width, at(logits), scratch);
  });
  const value = native.sharedSoftmax(at(logits), steps, count, at(positives), at(hits!), at(dPositives));
  floats(backend, loss)[0] = value;
  backend.disposeData(positives.dataId);
  return [loss, logits, dPositives];
};
