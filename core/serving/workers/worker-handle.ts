import type { Worker } from 'node:worker_threads';
import type { PipelineResult } from '../../pipeline/index.ts';
import { type Clock, type ErrorCode, type Log, RecographError } from '../../spi/index.ts';
import type { TensorFiles } from '../../training/bundle-files.ts';
import type { BatchTask, SimilarAnswer, SimilarTask } from '../backend.ts';
import type { CatalogueFeed } from '../catalogue-feed.ts';
import type { BundleMemory, FromWorker, ToWorker } from './messages.ts';
import { unpackResult } from './packing.ts';

/** Records in one message while a worker starts: what the main thread clones without a noticeable pause. */
const CHUNK = 2000;
/** How long a worker that loads a bundle may be silent. */
const LOAD_TRUST_MS = 60_000;
/** How much more memory a worker may hold than after its last bundle was loaded. */
const MAX_GROWN_BYTES = 512 * 1024 * 1024;

export interface WorkerHandleParts {
  readonly worker: Worker;
  readonly feed: CatalogueFeed;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a task may take at least before the worker is given up, ms. */
  readonly trustMs: number;
  /** Called once, when the thread has ended or is given up. */
  ended(reason: string): void;
  /** A bundle's tensors lie in the memory with this id. */
  placed(memory: number, files: TensorFiles): void;
  /** The thread uses the memory with this id no more; without one, none any more. */
  left(memory?: number): void;
}

/** One serving thread as the main thread sees it. */
export interface WorkerHandle {
  /** Resolves when it can load bundles: config, plugins and catalogue are there. Throws WORKER_FAILED. */
  readonly started: Promise<void>;
  /** Tasks it has not answered. */
  readonly tasks: number;
  /** Bundles are being loaded: it answers late. */
  readonly loading: boolean;
  readonly computeSeconds: number;
  readonly tensorBytes: number;
  has(bundle: string): boolean;
  /** It has it, or is loading it. */
  holds(bundle: string): boolean;
  /** How many bundles it holds. */
  readonly held: number;
  load(bundle: string, folder: string, memory: BundleMemory): Promise<void>;
  free(bundle: string): void;
  run(task: BatchTask): Promise<PipelineResult>;
  similar(task: SimilarTask): Promise<SimilarAnswer>;
  /** Tells it what changed, and gives it up when a task is overdue. */
  check(): void;
  terminate(): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: RecographError) => void;
  readonly trustMs: number;
  /** Since when it could have worked on it. */
  since: number;
}

export const createWorkerHandle = (parts: WorkerHandleParts): WorkerHandle => {
  const { worker, feed, clock, log, trustMs } = parts;
  const tasks = new Map<number, Waiting>();
  const bundles = new Map<string, 'loading' | 'loaded'>();
  const loads = new Map<string, { resolve: () => void; reject: (error: RecographError) => void }>();
  let catalogue = -1;
  let nextTask = 0;
  let heard = performance.now();
  let computeSeconds = 0;
  let tensorBytes = 0;
  let over: RecographError | undefined;
  let isUp = false;
  let onReady = (): void => {};
  let onEnded = (_error: RecographError): void => {};
  const ready = new Promise<void>((resolve, reject) => {
    onReady = resolve;
    onEnded = reject;
  });
  const post = (message: ToWorker, transfer: ArrayBuffer[] = []): void => worker.postMessage(message, transfer);

  const end = (reason: string): void => {
    if (over) return;
    over = new RecographError('WORKER_FAILED', `The serving worker ${reason}; it is replaced.`);
    for (const { reject } of tasks.values()) reject(over);
    for (const { reject } of loads.values()) reject(over);
    tasks.clear();
    loads.clear();
    bundles.clear();
    onEnded(over);
    void worker.terminate();
    parts.ended(reason);
  };

  const catchUp = (): void => {
    if (catalogue === feed.version) return;
    const { version } = feed;
    const changes = feed.changesSince(catalogue);
    post({
      type: 'catalogue',
      version,
      anew: changes === undefined,
      changes: changes ?? [{ upserted: [...feed.records.values()], deleted: [] }],
    });
    catalogue = version;
  };
  /** All records in pieces, and then what changed meanwhile. */
  const sendCatalogue = async (): Promise<void> => {
    const { version } = feed;
    const records = [...feed.records.values()];
    for (let from = 0; from < records.length; from += CHUNK) {
      const upserted = records.slice(from, from + CHUNK);
      post({ type: 'catalogue', version, anew: false, changes: [{ upserted, deleted: [] }] });
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (records.length === 0) post({ type: 'catalogue', version, anew: true, changes: [] });
    catalogue = version;
    catchUp();
  };

  const loadEnded = (bundle: string): void => {
    loads.delete(bundle);
    for (const task of tasks.values()) task.since = performance.now();
  };
  const receive = (message: FromWorker): void => {
    heard = performance.now();
    switch (message.type) {
      case 'ready':
        isUp = true;
        onReady();
        break;
      case 'loaded':
        if (bundles.has(message.bundle)) bundles.set(message.bundle, 'loaded');
        loads.get(message.bundle)?.resolve();
        loadEnded(message.bundle);
        break;
      case 'placed':
        parts.placed(message.memory, message.files);
        break;
      case 'left':
        parts.left(message.memory);
        break;
      case 'load-failed':
        bundles.delete(message.bundle);
        loads.get(message.bundle)?.reject(new RecographError(message.code as ErrorCode, message.message));
        loadEnded(message.bundle);
        break;
      case 'answer':
        computeSeconds += message.seconds;
        settle(message.task, unpackResult(message.result));
        break;
      case 'similar':
        settle(message.task, { model: message.model, list: { items: message.items, scores: message.scores } });
        break;
      case 'failed':
        tasks.get(message.task)?.reject(new RecographError(message.code as ErrorCode, message.message));
        tasks.delete(message.task);
        break;
      case 'memory':
        tensorBytes = message.tensorBytes;
        if (message.grownBytes < MAX_GROWN_BYTES) break;
        end(`has grown by ${Math.round(message.grownBytes / 1024 / 1024)} MB since it loaded its bundle`);
        break;
      case 'log':
        log[message.level](message.fields, message.message);
        break;
    }
  };
  const settle = (task: number, answer: unknown): void => {
    tasks.get(task)?.resolve(answer as never);
    tasks.delete(task);
  };
  const ask = <T>(trust: number, message: (task: number) => ToWorker): Promise<T> =>
    new Promise((resolve, reject) => {
      if (over) return reject(over);
      catchUp();
      const task = nextTask++;
      tasks.set(task, {
        resolve: resolve as (answer: never) => void,
        reject,
        trustMs: trust,
        since: performance.now(),
      });
      post(message(task));
    });

  worker.on('message', receive);
  worker.on('messageerror', (error) => end(`sent what cannot be read: ${error.message}`));
  worker.on('error', (error) => end(`failed: ${error instanceof Error ? error.message : String(error)}`));
  worker.on('exit', (code) => {
    parts.left();
    end(`ended with exit code ${code}`);
  });

  /** It has kept something waiting for longer than it is trusted to. */
  const isOverdue = (): boolean => {
    const now = performance.now();
    if (loads.size > 0 || !isUp) return now - heard > LOAD_TRUST_MS;
    for (const task of tasks.values()) if (now - task.since > Math.max(trustMs, task.trustMs)) return true;
    return false;
  };

  return {
    started: ready.then(sendCatalogue),
    get tasks() {
      return tasks.size;
    },
    get loading() {
      return loads.size > 0;
    },
    get computeSeconds() {
      return computeSeconds;
    },
    get tensorBytes() {
      return tensorBytes;
    },
    get held() {
      return bundles.size;
    },
    has: (bundle) => bundles.get(bundle) === 'loaded',
    holds: (bundle) => bundles.has(bundle),
    load: (bundle, folder, memory) =>
      new Promise((resolve, reject) => {
        if (over) return reject(over);
        heard = performance.now();
        bundles.set(bundle, 'loading');
        loads.set(bundle, { resolve, reject });
        post({ type: 'load', bundle, folder, memory });
      }),
    free: (bundle) => {
      if (bundles.delete(bundle)) post({ type: 'free', bundle });
    },
    run: ({ bundle, pipeline, batch, deadlineMs }) =>
      ask(2 * deadlineMs, (task) => ({
        type: 'run',
        task,
        bundle,
        catalogue,
        time: clock.now(),
        pipeline,
        batch,
      })),
    similar: ({ bundle, item, n, allow }) =>
      ask(0, (task) => ({ type: 'similar', task, bundle, catalogue, time: clock.now(), item, n, allow })),
    check: () => {
      if (over) return;
      if (isUp && catalogue >= 0) catchUp();
      if (!isOverdue()) return;
      // This thread may have been the late one: first what lies in its own queue.
      setImmediate(() => {
        if (isOverdue()) end('did not answer in time');
      });
    },
    terminate: async () => {
      over ??= new RecographError('WORKER_FAILED', 'The recommender was closed.');
      for (const { reject } of tasks.values()) reject(over);
      tasks.clear();
      await worker.terminate();
    },
  };
};
