import type { Tf } from '../spi/index.ts';
import { builtFile } from './built-file.ts';
import { quietly } from './quietly.ts';
import { registerReductionGradients } from './reduction-gradients.ts';
import { registerSplitGradient } from './split-gradient.ts';

/** tfjs-core with its gradients: its Node bundle comes without, see scripts/build.mjs. */
export const loadTf = async (): Promise<Tf> => {
  const tf = await quietly(() => import('@tensorflow/tfjs-core'));
  if (!tf.getGradient('Sum')) {
    await quietly(() => import(builtFile('gradients.mjs').href));
    registerReductionGradients(tf);
    registerSplitGradient(tf);
  }
  return tf;
};
