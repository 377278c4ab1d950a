import { RecographError, type RuntimeKind, type TensorContainer, type TensorRuntime } from '../spi/index.ts';
import { startCpu } from './start-cpu.ts';
import { startTensorflow } from './start-tensorflow.ts';
import { startWasm } from './start-wasm.ts';
import { startWebgpu } from './start-webgpu.ts';
import type { Started } from './started.ts';

export type RuntimeChoice = 'auto' | RuntimeKind;

/** A runtime with its end: whoever created it disposes it. */
export interface OwnedRuntime extends TensorRuntime {
  dispose(): void;
}

interface Active {
  readonly kind: RuntimeKind;
  readonly started: Started;
  owners: number;
}

/** tfjs keeps its engine in a process-wide global, so there can be only one; this is its owner count. */
let active: Active | undefined;
let starting: Promise<unknown> = Promise.resolve();

/**
 * Starts the tensor runtime of this process or worker. Asking again for the same kind (or `auto`) shares it;
 * asking for another while it is in use throws RUNTIME_UNAVAILABLE, as does one that cannot run here.
 * `auto`: tensorflow with a CUDA device, webgpu on a hardware adapter, tensorflow on the CPU, wasm.
 */
export const createRuntime = (choice: RuntimeChoice = 'auto'): Promise<OwnedRuntime> => {
  return inTurn(async () => {
    if (active && choice !== 'auto' && choice !== active.kind) {
      throw new RecographError(
        'RUNTIME_UNAVAILABLE',
        `runtime "${choice}" cannot start: this process already uses "${active.kind}", and a process has one. ` +
          'Dispose that one first, or use a worker.',
      );
    }
    if (!active) {
      const started = await start(choice);
      active = { kind: started.kind, started, owners: 0 };
    }
    active.owners++;
    return own(active);
  });
};

/** The runtime of `createRuntime` where it computes on a GPU. Undefined elsewhere, and nothing was started. */
export const createGpuRuntime = (choice: RuntimeChoice = 'auto'): Promise<OwnedRuntime | undefined> =>
  inTurn(async () => {
    if (!active) {
      const started = await startGpu(choice);
      if (!started) return undefined;
      active = { kind: started.kind, started, owners: 0 };
    }
    if (!active.started.gpu) return undefined;
    active.owners++;
    return own(active);
  });

const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
  const result = starting.then(run);
  starting = result.catch(() => undefined);
  return result;
};

const start = async (choice: RuntimeChoice): Promise<Started> => {
  switch (choice) {
    case 'cpu':
      return startCpu();
    case 'wasm':
      return startWasm();
    case 'webgpu':
      return startWebgpu({ software: true });
    case 'tensorflow':
      return startTensorflow();
    case 'auto':
      return startBest();
  }
};

const startBest = async (): Promise<Started> =>
  (await startGpu('auto')) ?? (await startTensorflow().catch(ifUnavailable)) ?? startWasm();

const startGpu = async (choice: RuntimeChoice): Promise<Started | undefined> => {
  const cuda = choice === 'auto' || choice === 'tensorflow';
  const started = cuda ? await startTensorflow({ requireCuda: true }).catch(ifUnavailable) : undefined;
  if (started || (choice !== 'auto' && choice !== 'webgpu')) return started;
  return startWebgpu({ software: choice === 'webgpu' }).catch(ifUnavailable);
};

const ifUnavailable = (error: unknown): undefined => {
  if (error instanceof RecographError && error.code === 'RUNTIME_UNAVAILABLE') return undefined;
  throw error;
};

const own = (shared: Active): OwnedRuntime => {
  const { kind, device, gpu, version, tf, stop } = shared.started;
  let disposed = false;
  return {
    kind,
    device,
    gpu,
    tf,
    describe: () => {
      const memory = tf.memory();
      return { kind, device, version, tensors: memory.numTensors, bytes: memory.numBytes };
    },
    scope: <T extends TensorContainer>(run: () => T): T => tf.tidy(run),
    dispose: () => {
      if (disposed) return;
      disposed = true;
      shared.owners--;
      if (shared.owners > 0) return;
      active = undefined;
      stop();
    },
  };
};
