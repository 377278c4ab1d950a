import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../spi/index.ts';

/**
 * AddN whose kernel never gets more than `most` (at least 2) tensors at once, sums of groups being added in their turn.
 * tfjs's WebGPU kernel binds a buffer a tensor, and a device refuses more than a program may have.
 */
export const addNInGroups = (tf: Tf, backendName: string, most: number): void => {
  const { kernelFunc } = tf.getKernel('AddN', backendName);
  const grouped: KernelFunc = ({ inputs, backend }) => {
    const add = (terms: readonly TensorInfo[]) => kernelFunc({ inputs: terms as never, backend }) as TensorInfo;
    const terms = inputs as unknown as readonly TensorInfo[];
    let sum = add(terms.slice(0, most));
    for (let next = most; next < terms.length; next += most - 1) {
      const longer = add([sum, ...terms.slice(next, next + most - 1)]);
      (backend as { disposeData(id: object): void }).disposeData(sum.dataId);
      sum = longer;
    }
    return sum;
  };
  tf.unregisterKernel('AddN', backendName);
  tf.registerKernel({ kernelName: 'AddN', backendName, kernelFunc: grouped });
};
