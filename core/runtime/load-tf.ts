import type { Tf } from '../spi/index.ts';
import { builtFile } from './built-file.ts';

/** tfjs-core with its gradients: its Node bundle comes without, see scripts/build.mjs. */
export const loadTf = async (): Promise<Tf> => {
  const tf = await import('@tensorflow/tfjs-core');
  if (!tf.getGradient('Sum')) await import(builtFile('gradients.mjs').href);
  return tf;
};
