import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import { nativeAlone } from '../wasm/index.ts';
import { type NativeBackend, runFloats } from './native-backend.ts';

/**
 * Writes x over the numbers that `target` [1 x size] was made of, where they lie: on the CPU TensorFlow computes in an
 * aligned array's own memory. Reading a tensor back makes a new array each time, and large ones drive the collector.
 */
export const copyInto =
  (tf: Tf): KernelFunc =>
  ({ inputs, backend }) => {
    const { x, target } = inputs as Record<string, Tensor>;
    return tf.tidy(() => {
      const row = tf.reshape(x!, target!.shape as [number, number]);
      return runFloats(backend as NativeBackend, 'InplaceUpdate', [target!, tf.tensor1d([0], 'int32'), row]);
    });
  };

/** Whether it does so here: seen, not assumed. */
export const copiesInto = (tf: Tf): boolean => {
  const seen = new Float32Array(nativeAlone().memory.buffer, 1024, 2);
  try {
    tf.tidy(() => tf.engine().runKernel('CopyInto', { x: tf.tensor1d([3, 4]), target: tf.tensor2d(seen, [1, 2]) }));
  } catch {
    return false;
  }
  return seen[0] === 3 && seen[1] === 4;
};
