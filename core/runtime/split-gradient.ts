import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../spi/index.ts';

/** The gradient of split, into one piece too: tfjs hands that piece's alone, no list, which its own gradient rejects. */
export const registerSplitGradient = (tf: Tf): void => {
  tf.unregisterGradient('SplitV');
  tf.registerGradient({
    kernelName: 'SplitV',
    gradFunc: (dy, _, attributes) => ({
      x: () => tf.concat([dy].flat() as Tensor[], (attributes as unknown as { axis: number }).axis),
    }),
  });
};
