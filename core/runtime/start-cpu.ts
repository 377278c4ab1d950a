import { loadTf } from './load-tf.ts';
import { quietly } from './quietly.ts';
import { type Started, stopBackend } from './started.ts';

/** tfjs's plain JavaScript backend: the reference that others are tested against. Slow. */
export const startCpu = async (): Promise<Started> => {
  const tf = await loadTf();
  await quietly(() => import('@tensorflow/tfjs-backend-cpu'));
  await tf.setBackend('cpu');
  // Its first operation in Node would print an advertisement for tfjs-node.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  return {
    kind: 'cpu',
    device: 'cpu (plain JavaScript)',
    gpu: false,
    version: tf.version_core,
    tf,
    stop: () => stopBackend(tf, 'cpu'),
  };
};
