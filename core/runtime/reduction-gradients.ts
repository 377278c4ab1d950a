import type { GradFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../spi/index.ts';

/** Gradients of Sum and Mean whose ones are made by the backend; tfjs's own make and upload them from JavaScript. */
export const registerReductionGradients = (tf: Tf): void => {
  const spread = (dy: Tensor, x: Tensor, axis: number | number[]): Tensor => {
    const kept = [...x.shape];
    for (const place of tf.util.parseAxisParam(axis, x.shape)) kept[place] = 1;
    return tf.mul(tf.reshape(dy, kept), tf.fill(x.shape as never, 1));
  };
  const replace = (kernelName: string, gradFunc: GradFunc) => {
    tf.unregisterGradient(kernelName);
    tf.registerGradient({ kernelName, inputsToSave: ['x'], gradFunc });
  };
  replace('Sum', (dy, [x], attributes) => ({
    x: () => spread(dy as Tensor, x!, (attributes as unknown as { axis: number[] }).axis),
  }));
  replace('Mean', (dy, [x], attributes) => {
    const { axis } = attributes as unknown as { axis: number | number[] };
    const count = tf.util.parseAxisParam(axis, x!.shape).reduce((product, place) => product * x!.shape[place]!, 1);
    return { x: () => spread(tf.div(dy as Tensor, count), x!, axis) };
  });
};
