import { EventEmitter, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { PipelineResult } from '../../pipeline/index.ts';
import { type Clock, type Log, RecographError } from '../../spi/index.ts';
import type { Backend, BackendStats } from '../backend.ts';
import type { CatalogueFeed } from '../catalogue-feed.ts';
import type { BundleFront } from '../front.ts';
import { createBundleMemories } from './bundle-memories.ts';
import { createWorkerHandle, type WorkerHandle } from './worker-handle.ts';

const CHECK_EVERY_MS = 50;
const MIN_TRUST_MS = 1000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A worker that lived so long was a healthy one. */
const HEALTHY_MS = 30_000;
/** A bundle that took so many starting workers with it is given up. */
const MAX_LOST = 3;

export interface PoolParts {
  /** How many threads serve a bundle. */
  readonly size: number;
  /** One thread more than serve: a bundle is loaded where nobody waits, and a lost thread's bundles have a place at once. */
  readonly standby: boolean;
  start(): Worker;
  /** The bundle's front, over the parts that it shares with `like`, and the folder where the workers find it. Throws UNKNOWN_BUNDLE, BUNDLE_INVALID. */
  readFront(id: string, like?: BundleFront): Promise<{ front: BundleFront; folder: string }>;
  readonly feed: CatalogueFeed;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadlineMs: number;
}

interface Slot {
  handle: WorkerHandle | undefined;
  /** It can load bundles. */
  up: boolean;
  /** One after another, without a healthy life between. */
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Serving threads of which each that dies, keeps a batch for longer than max(1 s, twice the longest deadline in it), or
 * grows by 512 MB is replaced: at once the first time, then after 100 ms, 200 ms, ... 10 s while they go on failing.
 * A bundle is on `size` of them: the threads that hold the fewest take a new one, those that hold none before all.
 */
export const createWorkerPool = (parts: PoolParts): Backend => {
  const { size, feed, clock, log, deadlineMs } = parts;
  const slots: Slot[] = Array.from({ length: size + (parts.standby ? 1 : 0) }, () => ({
    handle: undefined,
    up: false,
    failures: 0,
    timer: undefined,
  }));
  const wanted = new Map<string, string>();
  /** Why a bundle is wanted no more. */
  const refused = new Map<string, unknown>();
  /** How many workers ended while they loaded a bundle. */
  const lost = new Map<string, number>();
  const memories = createBundleMemories<Slot['handle'] & object>();
  const changes = new EventEmitter().setMaxListeners(0);
  let restarts = 0;
  let computed = 0;
  let closing = false;

  const up = (): WorkerHandle[] => slots.flatMap(({ handle, up: isUp }) => (handle && isUp ? [handle] : []));
  const copies = (bundle: string): number => up().filter((handle) => handle.has(bundle)).length;
  const ready = (): number => Math.min(size, up().length, ...[...wanted.keys()].map(copies));
  const until = async (reached: () => boolean): Promise<void> => {
    while (!closing && !reached()) await once(changes, 'change');
  };
  const changed = (): void => {
    balance();
    changes.emit('change');
  };

  const begin = (slot: Slot): void => {
    const born = performance.now();
    const handle = createWorkerHandle({
      worker: parts.start(),
      feed,
      clock,
      log,
      trustMs: Math.max(MIN_TRUST_MS, 2 * deadlineMs),
      placed: (memory, files) => {
        memories.placed(memory, files);
        changed();
      },
      left: (memory) => memories.leave(handle, memory),
      ended: (reason) => {
        computed += handle.computeSeconds;
        slot.handle = undefined;
        slot.up = false;
        if (closing) return;
        slot.failures = performance.now() - born < HEALTHY_MS ? slot.failures + 1 : 1;
        restarts++;
        const pauseMs = slot.failures === 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (slot.failures - 2), LONGEST_PAUSE_MS);
        log.error({ reason, pauseMs, restarts }, 'a serving worker ended and is replaced');
        slot.timer = setTimeout(() => begin(slot), pauseMs);
        changed();
      },
    });
    slot.handle = handle;
    handle.started.then(
      () => {
        if (slot.handle !== handle) return;
        slot.up = true;
        changed();
      },
      (error) => log.error({ error: String(error) }, 'a serving worker could not start'),
    );
  };

  /** Has bundles loaded where they are missing; of the threads that serve something, one at a time. */
  const balance = (): void => {
    if (closing) return;
    for (const [bundle, folder] of wanted) {
      for (;;) {
        const free = up().filter((handle) => !handle.holds(bundle));
        if (up().length - free.length >= size || memories.isFilling(bundle)) break;
        const fewest = free.toSorted((a, b) => a.held - b.held)[0];
        if (!fewest || (fewest.held > 0 && up().some(({ loading }) => loading))) break;
        void load(fewest, bundle, folder);
      }
    }
  };
  const load = async (handle: WorkerHandle, bundle: string, folder: string): Promise<void> => {
    try {
      await handle.load(bundle, folder, memories.join(bundle, handle));
    } catch (error) {
      if (memories.isFilling(bundle)) memories.drop(bundle);
      const wasLost = error instanceof RecographError && error.code === 'WORKER_FAILED';
      if (wasLost) lost.set(bundle, (lost.get(bundle) ?? 0) + 1);
      else log.error({ bundle, error: String(error) }, 'a serving worker could not load a bundle');
      const isHopeless = !wasLost || lost.get(bundle)! >= MAX_LOST;
      if (isHopeless && wanted.delete(bundle)) refused.set(bundle, error);
    }
    changed();
  };
  /** The one with the least to do; one that loads a bundle only where no other is there. */
  const leastBusy = (bundle: string): WorkerHandle => {
    const able = up().filter((handle) => handle.has(bundle));
    const burden = (handle: WorkerHandle): number => (handle.loading ? 1e6 : 0) + handle.tasks;
    if (able.length > 0) return able.reduce((best, handle) => (burden(handle) < burden(best) ? handle : best));
    throw new RecographError('WORKER_FAILED', 'No serving worker is up with this bundle; one is being started.');
  };

  for (const slot of slots.slice(0, size)) begin(slot);
  // What serves is up first.
  void until(() => ready() === size).then(() => {
    if (!closing) slots.slice(size).forEach(begin);
  });
  const checking = setInterval(() => {
    for (const { handle } of slots) handle?.check();
  }, CHECK_EVERY_MS).unref();

  const free = (id: string): void => {
    wanted.delete(id);
    for (const { handle } of slots) handle?.free(id);
    memories.drop(id);
    changed();
  };
  return {
    width: size + 1,
    load: async (id, like) => {
      const { front, folder } = await parts.readFront(id, like);
      wanted.set(id, folder);
      lost.delete(id);
      refused.delete(id);
      changed();
      // One thread is enough to serve it; the others take it one after another.
      await until(() => !wanted.has(id) || copies(id) > 0);
      if (wanted.has(id)) return front;
      const cause = refused.get(id);
      free(id);
      if (cause && !(cause instanceof RecographError && cause.code === 'WORKER_FAILED')) throw cause;
      throw new RecographError('WORKER_FAILED', `Serving workers ended while they loaded bundle ${id}.`);
    },
    free,
    run: async (task): Promise<PipelineResult> => leastBusy(task.bundle).run(task),
    similar: async (task) => leastBusy(task.bundle).similar(task),
    stats: (): BackendStats => ({
      workers: size,
      ready: ready(),
      restarts,
      batchesInFlight: up().reduce((sum, { tasks }) => sum + tasks, 0),
      computeSeconds: up().reduce((sum, handle) => sum + handle.computeSeconds, computed),
      tensorBytes: up().reduce((sum, handle) => sum + handle.tensorBytes, 0),
    }),
    ready: () => until(() => ready() === size),
    dispose: async () => {
      closing = true;
      clearInterval(checking);
      for (const { timer } of slots) clearTimeout(timer);
      changes.emit('change');
      await Promise.all(slots.map(({ handle }) => handle?.terminate()));
    },
  };
};
