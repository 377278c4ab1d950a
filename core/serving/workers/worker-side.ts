import { getHeapStatistics } from 'node:v8';
import { type Bitmap, RecographError } from '../../spi/index.ts';
import { createCatalogueLog } from '../catalogue-log.ts';
import { catalogueViews } from '../catalogue-view.ts';
import { createEngine } from '../engine.ts';
import { frontViewOver } from '../front.ts';
import type { LoadedBundle } from '../loaded-bundle.ts';
import type { BundleMemory, FromWorker, ToWorker } from './messages.ts';
import { buffersOf, packResult } from './packing.ts';

const MEMORY_EVERY_MS = 250;

export interface WorkerSideParts {
  /** Reads and restores the bundle in that folder, over the memory that its threads share. */
  load(folder: string, memory: BundleMemory): Promise<LoadedBundle>;
  post(message: FromWorker, transfer?: readonly ArrayBuffer[]): void;
  /** The main thread's time, as it said it last. */
  setTime(now: number): void;
  tensorBytes(): number;
}

/** What a serving worker does with the messages it gets; tasks see the catalogue as it was when they came. */
export const createWorkerSide = ({ load, post, setTime, tensorBytes }: WorkerSideParts) => {
  const engine = createEngine();
  const log = createCatalogueLog();
  const catalogueOf = catalogueViews(log);
  const freedEarly = new Set<string>();
  const memory = watchMemory(post, tensorBytes);
  let version = -1;

  const over = (bundle: string) => ({
    bundle,
    version,
    front: (loaded: LoadedBundle) => frontViewOver(loaded, catalogueOf(loaded.items)),
  });
  const loadInto = async (bundle: string, folder: string, shared: BundleMemory): Promise<void> => {
    freedEarly.delete(bundle);
    try {
      const loaded = await load(folder, shared);
      if (freedEarly.delete(bundle)) loaded.dispose();
      else {
        engine.add(loaded);
        await engine.warmUp(over(bundle));
      }
      memory.settle();
      post({ type: 'loaded', bundle });
    } catch (error) {
      post({ type: 'load-failed', bundle, ...describe(error) });
    }
  };
  const place = ({ bundle, catalogue, time }: { bundle: string; catalogue: number; time: number }) => {
    setTime(time);
    if (catalogue !== version) {
      const message = `The batch was encoded for version ${catalogue} of the catalogue; this worker has ${version}.`;
      throw new RecographError('WORKER_FAILED', message);
    }
    return over(bundle);
  };
  const answer = async (task: number, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      post({ type: 'failed', task, ...describe(error) });
    }
    memory.look();
  };

  return (message: ToWorker): void => {
    switch (message.type) {
      case 'catalogue':
        if (message.anew) log.clear();
        for (const change of message.changes) log.step(change);
        version = message.version;
        break;
      case 'load':
        void loadInto(message.bundle, message.folder, message.memory);
        break;
      case 'free':
        if (engine.has(message.bundle)) engine.free(message.bundle);
        else freedEarly.add(message.bundle);
        memory.settle();
        break;
      case 'run':
        void answer(message.task, async () => {
          const since = performance.now();
          const result = packResult(await engine.run(place(message), message.pipeline, message.batch));
          const seconds = (performance.now() - since) / 1000;
          post({ type: 'answer', task: message.task, result, seconds }, buffersOf(result));
        });
        break;
      case 'similar':
        void answer(message.task, async () => {
          const { item, n, allow, task } = message;
          const { model, list } = await engine.similar(place(message), item, n, allow as Bitmap | undefined);
          post({ type: 'similar', task, model, items: list.items, scores: list.scores });
        });
        break;
    }
  };
};

const describe = (error: unknown): { code: string; message: string } => ({
  code: error instanceof RecographError ? error.code : 'INTERNAL',
  message: error instanceof Error ? error.message : String(error),
});

/** This thread's heap and array buffers, told whenever they have grown by another 32 MB since bundles were loaded, or tensors have changed. */
const watchMemory = (post: WorkerSideParts['post'], tensorBytes: WorkerSideParts['tensorBytes']) => {
  const STEP = 32 * 1024 * 1024;
  const held = (): number => {
    const { used_heap_size, external_memory } = getHeapStatistics();
    return used_heap_size + external_memory;
  };
  let baseline = held();
  let told = 0;
  let toldTensors = 0;
  let looked = 0;
  const look = (): void => {
    looked = performance.now();
    const steps = Math.floor((held() - baseline) / STEP);
    const tensors = tensorBytes();
    if (steps === told && tensors === toldTensors) return;
    told = steps;
    toldTensors = tensors;
    post({ type: 'memory', grownBytes: steps * STEP, tensorBytes: tensors });
  };
  setInterval(look, MEMORY_EVERY_MS).unref();
  return {
    settle: (): void => {
      baseline = held();
      told = 0;
    },
    look: (): void => {
      if (performance.now() - looked >= MEMORY_EVERY_MS) look();
    },
  };
};
