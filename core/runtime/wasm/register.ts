import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import { causalAttention, causalAttentionGradient } from './attention.ts';
import { borrowedKernel, type CpuBackend, kernelsToBorrow } from './borrowed.ts';
import { concat, isConcatFloats, isSplitFloats, split } from './concat-split.ts';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.ts';
import { dropout } from './dropout.ts';
import { equalAlong, isEqualAlong } from './equal.ts';
import { fusedMatMul, isFusedMatMul } from './fused-mat-mul.ts';
import { gatherRows, isGatherRows } from './gather.ts';
import { gru, gruGradient } from './gru.ts';
import type { KernelCall } from './heap.ts';
import { identity } from './identity.ts';
import { layerNorm, layerNormGradient } from './layer-norm.ts';
import { matMul } from './mat-mul.ts';
import { oneHotFloats } from './one-hot.ts';
import { segmentSum } from './segment-sum.ts';
import { sharedSoftmax } from './shared-softmax.ts';
import { isSumBeforeLast, sumBeforeLast } from './sum.ts';

/** Gives the wasm backend the kernels it lacks, and faster ones for those it does slowly. Once a process. */
export const registerWasmKernels = (tf: Tf, cpu: CpuBackend): void => {
  for (const { kernelName, kernelFunc } of kernelsToBorrow(tf)) {
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: borrowedKernel(kernelFunc, cpu) });
  }
  /** Puts `fast` before the kernel that is there, for the calls that it `fits`. */
  const prefer = (kernelName: string, fast: KernelFunc, fits: (call: KernelCall) => boolean) => {
    const general = tf.getKernel(kernelName, 'wasm')!;
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ ...general, kernelFunc: (call) => (fits(call) ? fast(call) : general.kernelFunc(call)) });
  };
  prefer('UnsortedSegmentSum', segmentSum, ({ inputs: { x, segmentIds } }) => {
    return x!.dtype === 'float32' && segmentIds!.shape.length === 1;
  });
  prefer('Conv2DBackpropFilter', conv2dBackpropFilter(tf), ({ attrs }) => attrs!.dataFormat === 'NHWC');
  prefer('BatchMatMul', matMul(tf), ({ inputs: { a, b } }) => {
    return a!.dtype === 'float32' && b!.dtype === 'float32';
  });
  prefer('_FusedMatMul', fusedMatMul(tf), isFusedMatMul);
  prefer('Concat', concat, isConcatFloats);
  prefer('SplitV', split(tf), isSplitFloats);
  prefer('Identity', identity, () => true);
  prefer('Cast', identity, ({ inputs: { x }, attrs }) => x!.dtype === attrs!.dtype);
  prefer('OneHot', oneHotFloats, ({ attrs }) => attrs!.dtype === 'float32');
  prefer('Sum', sumBeforeLast, isSumBeforeLast);
  prefer('Equal', equalAlong, isEqualAlong);
  prefer('GatherV2', gatherRows, isGatherRows);
  for (const [kernelName, kernelFunc] of Object.entries(OWN)) {
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  }
};

/** Whole layers in one kernel, forward and back, where tfjs composes many passes; core/nn asks for them by name. */
const OWN = {
  CausalAttention: causalAttention,
  CausalAttentionGradient: causalAttentionGradient,
  Dropout: dropout,
  Gru: gru,
  GruGradient: gruGradient,
  LayerNorm: layerNorm,
  LayerNormGradient: layerNormGradient,
  SharedSoftmax: sharedSoftmax,
};
