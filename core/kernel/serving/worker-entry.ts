import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { createKernels } from '../../math/index.ts';
import { openConfig } from '../../registry/open-config.ts';
import type { FrontParts } from '../../serving/front-parts.ts';
import type { LoadedBundle } from '../../serving/loaded-bundle.ts';
import type { BundleMemory, FromWorker, ToWorker, WorkerStart } from '../../serving/workers/messages.ts';
import { createWorkerSide } from '../../serving/workers/worker-side.ts';
import type { Clock, Log } from '../../spi/index.ts';
import { readTensorFiles } from '../../training/bundle-files.ts';
import { createEnvironment } from '../environment.ts';
import { restoreFolder } from '../restore-bundle.ts';

/** A serving thread: loads the config by its path, builds a worker's container, and answers tasks. It never writes. */
const port = parentPort!;
const post = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void => {
  port.postMessage(message, [...transfer]);
};

/** The main thread's clock, followed from task to task. */
const followedClock = (): Clock & { set(now: number): void } => {
  let told = Date.now();
  let at = performance.now();
  return {
    now: () => told + (performance.now() - at),
    set: (now) => {
      told = now;
      at = performance.now();
    },
  };
};

/** Errors as their stacks, and nothing that cannot travel. */
const plain = (fields: object): Record<string, unknown> =>
  JSON.parse(JSON.stringify(fields, (_, value) => (value instanceof Error ? (value.stack ?? value.message) : value)));

const logTo =
  (level: keyof Log) =>
  (fields: object, message: string): void =>
    post({ type: 'log', level, fields: plain(fields), message });

const clock = followedClock();
const log: Log = { debug: logTo('debug'), info: logTo('info'), warn: logTo('warn'), error: logTo('error') };
const { config } = workerData as WorkerStart;
const environment = await createEnvironment(await openConfig(config), {
  worker: true,
  kernelThreads: 1,
  clock,
  log,
});
await environment.start();
/** Of the bundle that was loaded last, also when it serves no more: what has not changed is not read again. */
let last: FrontParts | undefined;
/** A bundle with kernels of its own, over the memory of all threads that serve it. */
const load = async (folder: string, { id, shared, files }: BundleMemory): Promise<LoadedBundle> => {
  const kernels = createKernels({ threads: 1, memory: shared });
  const left = async (): Promise<void> => {
    await kernels.dispose();
    post({ type: 'left', memory: id });
  };
  try {
    const path = join(environment.bundleFolder, folder);
    const tensors = files ?? (await readTensorFiles(path, kernels.memory().bytes));
    if (!files) post({ type: 'placed', memory: id, files: tensors });
    const own = { ...environment, create: environment.createOver(kernels) };
    const bundle = await restoreFolder(own, kernels, folder, tensors, last);
    const { manifest, config, users, items, types, encoders, fallback } = bundle;
    last = { manifest, config, users, items, types, encoders, fallback };
    const dispose = (): void => {
      bundle.dispose();
      void left();
    };
    return { ...bundle, dispose };
  } catch (error) {
    await left();
    throw error;
  }
};

port.on(
  'message',
  createWorkerSide({
    load,
    post,
    setTime: clock.set,
    tensorBytes: () => environment.runtime?.describe().bytes ?? 0,
  }) as (message: ToWorker) => void,
);
post({ type: 'ready' });
