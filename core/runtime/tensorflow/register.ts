import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import { registerSplitGradient } from '../split-gradient.ts';
import { copiesInto, copyInto } from './copy-into.ts';
import { dense, denseGradient } from './dense.ts';

/** Gives tfjs-node's backend, which must be tfjs's current one, faster kernels where its own take a detour. Once a process. */
export const registerTensorflowKernels = (tf: Tf): void => {
  const general = tf.getKernel('Step', 'tensorflow')!;
  tf.unregisterKernel('Step', 'tensorflow');
  // The gradient of ReLU: one comparison in place of six passes. A NaN gives 0; the loss that it spoils shows it.
  tf.registerKernel({
    ...general,
    kernelFunc: (call) => {
      const x = call.inputs.x as Tensor;
      return call.attrs!.alpha === 0 ? tf.tidy(() => tf.cast(tf.greater(x, 0), 'float32')) : general.kernelFunc(call);
    },
  });
  tf.registerKernel({ kernelName: 'Dense', backendName: 'tensorflow', kernelFunc: dense(tf) });
  tf.registerGradient(denseGradient(tf));
  registerSplitGradient(tf);
  tf.registerKernel({ kernelName: 'CopyInto', backendName: 'tensorflow', kernelFunc: copyInto(tf) });
  if (!copiesInto(tf)) tf.unregisterKernel('CopyInto', 'tensorflow');
};
