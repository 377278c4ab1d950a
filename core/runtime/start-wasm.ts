import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { RecographError } from '../spi/index.ts';
import { loadTf } from './load-tf.ts';
import { quietly } from './quietly.ts';
import { type Started, stopBackend } from './started.ts';
import { registerWasmKernels } from './wasm/register.ts';

/** tfjs's WebAssembly backend (XNNPACK, SIMD), completed by kernels of our own. */
export const startWasm = async (): Promise<Started> => {
  const tf = await loadTf();
  const { MathBackendCPU } = await quietly(() => import('@tensorflow/tfjs-backend-cpu'));
  const { setWasmPaths } = await quietly(() => import('@tensorflow/tfjs-backend-wasm'));
  if (tf.getKernel('UnsortedSegmentSum', 'wasm') == null) {
    const cpu = new MathBackendCPU();
    (cpu as unknown as { firstUse: boolean }).firstUse = false;
    registerWasmKernels(tf, cpu);
  }
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  const release = keepProcessListeners();
  try {
    setWasmPaths(dirname(main) + sep);
    if (!(await tf.setBackend('wasm'))) throw new Error('tfjs could not start its wasm backend');
  } catch (cause) {
    throw new RecographError(
      'RUNTIME_UNAVAILABLE',
      'runtime "wasm" did not start: the files of @tensorflow/tfjs-backend-wasm are missing or damaged. ' +
        'Run "npm install @tensorflow/tfjs-backend-wasm@4.22".',
      { cause },
    );
  } finally {
    release();
  }
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return {
    kind: 'wasm',
    gpu: false,
    device: simd ? 'cpu (wasm simd)' : 'cpu (wasm)',
    version: tf.version_core,
    tf,
    stop: () => stopBackend(tf, 'wasm'),
  };
};

/** Emscripten installs handlers that turn a host's unhandled rejection into an abort: take them off again. */
const keepProcessListeners = (): (() => void) => {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  return () => {
    for (const [index, event] of events.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[index]!.has(listener)) process.removeListener(event, listener);
      }
    }
  };
};
