import util from 'node:util';
import { RecographError, type Tf } from '../spi/index.ts';
import { findPackage, packageRoots, runtimeFolder } from './optional-package.ts';
import { quietly } from './quietly.ts';
import { type Started, stopBackend } from './started.ts';
import type { NativeBackend } from './tensorflow/native-backend.ts';
import { registerTensorflowKernels } from './tensorflow/register.ts';

export const TENSORFLOW_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** Instances of tfjs that have our kernels. */
const prepared = new WeakSet<object>();

/** An installed native package: the host's own, or the folder of `runtime install`. */
export const findTensorflow = (
  folder = runtimeFolder(),
  packages: readonly (typeof TENSORFLOW_PACKAGES)[number][] = TENSORFLOW_PACKAGES,
) => {
  for (const name of packages) {
    const found = findPackage(name, packageRoots(folder));
    if (found) return { name, ...found };
  }
  return undefined;
};

/** TensorFlow's C library through tfjs-node: CUDA where it finds a device, else oneDNN on the CPU. */
export const startTensorflow = async (options: { requireCuda?: boolean } = {}): Promise<Started> => {
  // Only its GPU package can see a CUDA device: where it is absent, nothing needs to be loaded to know.
  const found = options.requireCuda ? findTensorflow(undefined, ['@tensorflow/tfjs-node-gpu']) : findTensorflow();
  if (!found) {
    throw unavailable('neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed');
  }
  restoreRemovedUtilities();
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // Products with 10-bit mantissas would keep scores from agreeing with other runtimes.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  const tf = await quietly(() => found.load()).then(
    (loaded) => ((loaded.default as Tf | undefined)?.setBackend ? loaded.default : loaded) as Tf,
    (cause: unknown) => {
      const reason = String(cause instanceof Error ? cause.message : cause).split('\n')[0];
      throw unavailable(`${found.name} (${found.path}) does not load: ${reason}`, cause);
    },
  );
  const native = tf.findBackend('tensorflow') as unknown as NativeBackend | null;
  if (!native) throw unavailable(`${found.name} (${found.path}) registered no backend`);
  const cuda = native.isUsingGpuDevice === true;
  if (options.requireCuda && !cuda) throw unavailable(`${found.name} sees no CUDA device`);
  await tf.setBackend('tensorflow');
  if (!prepared.has(tf)) registerTensorflowKernels(tf);
  prepared.add(tf);
  return {
    kind: 'tensorflow',
    gpu: cuda,
    device: cuda ? 'cuda:0' : 'cpu (TensorFlow, oneDNN)',
    version: `${native.binding?.TF_Version ?? 'unknown'} (tfjs ${tf.version_core})`,
    tf,
    stop: () => stopBackend(tf, 'tensorflow'),
  };
};

const unavailable = (lacks: string, cause?: unknown): RecographError =>
  new RecographError(
    'RUNTIME_UNAVAILABLE',
    `runtime "tensorflow" cannot start: ${lacks}. Run "npx recograph runtime install" (add --gpu for CUDA), or use runtime "wasm".`,
    { cause },
  );

/** tfjs-node 4.22 calls these; Node 23 took them away. */
const restoreRemovedUtilities = (): void => {
  const utilities = util as unknown as Record<string, unknown>;
  utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  utilities.isArray ??= Array.isArray;
};
