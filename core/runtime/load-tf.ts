import type { Tf } from '../spi/index.ts';
import { builtFile } from './built-file.ts';
import { registerReductionGradients } from './reduction-gradients.ts';

/** tfjs-core with its gradients: its Node bundle comes without, see scripts/build.mjs. */
export const loadTf = async (): Promise<Tf> => {
  const tf = await import('@tensorflow/tfjs-core');
  if (!tf.getGradient('Sum')) {
    await import(builtFile('gradients.mjs').href);
    registerReductionGradients(tf);
  }
  return tf;
};
