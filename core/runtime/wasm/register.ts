import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import { borrowedKernel, type CpuBackend, kernelsToBorrow } from './borrowed.ts';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.ts';
import type { KernelCall } from './heap.ts';
import { segmentSum } from './segment-sum.ts';

/** Gives the wasm backend the kernels it lacks, and faster ones for those it does slowly. Once a process. */
export const registerWasmKernels = (tf: Tf, cpu: CpuBackend): void => {
  const set = (kernelName: string, kernelFunc: KernelFunc) => {
    if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  };
  const borrowed = new Map<string, KernelFunc>();
  for (const { kernelName, kernelFunc } of kernelsToBorrow(tf)) {
    borrowed.set(kernelName, borrowedKernel(kernelFunc, cpu));
    set(kernelName, borrowed.get(kernelName)!);
  }
  const general = (name: string, fast: KernelFunc, fits: (call: KernelCall) => boolean) => {
    const slow = borrowed.get(name)!;
    set(name, (call) => (fits(call) ? fast(call) : slow(call)));
  };
  general('UnsortedSegmentSum', segmentSum, ({ inputs: { x, segmentIds } }) => {
    return x!.dtype === 'float32' && segmentIds!.shape.length === 1;
  });
  general('Conv2DBackpropFilter', conv2dBackpropFilter(tf), ({ attrs }) => attrs!.dataFormat === 'NHWC');
};
