import { EventEmitter, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { PipelineResult } from '../../pipeline/index.ts';
import { type Clock, type Log, RecographError } from '../../spi/index.ts';
import type { Backend, BackendStats } from '../backend.ts';
import type { CatalogueFeed } from '../catalogue-feed.ts';
import type { BundleFront } from '../front.ts';
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
  readonly size: number;
  start(): Worker;
  /** The bundle's front, and the folder where the workers find it. Throws UNKNOWN_BUNDLE, BUNDLE_INVALID. */
  readFront(id: string): Promise<{ front: BundleFront; folder: string }>;
  readonly feed: CatalogueFeed;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadlineMs: number;
}

interface Slot {
  /** Serving: it has every wanted bundle. */
  handle: WorkerHandle | undefined;
  starting: WorkerHandle | undefined;
  /** One after another, without a healthy life between. */
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Serving threads of which each that dies, keeps a batch for longer than max(1 s, twice the longest deadline in it), or
 * grows by 512 MB is replaced: at once the first time, then after 100 ms, 200 ms, ... 10 s while they go on failing.
 */
export const createWorkerPool = (parts: PoolParts): Backend => {
  const { size, feed, clock, log, deadlineMs } = parts;
  const slots: Slot[] = Array.from({ length: size }, () => ({
    handle: undefined,
    starting: undefined,
    failures: 0,
    timer: undefined,
  }));
  const wanted = new Map<string, string>();
  /** How many workers ended while they loaded a bundle. */
  const lost = new Map<string, number>();
  const changes = new EventEmitter().setMaxListeners(0);
  let restarts = 0;
  let computed = 0;
  let closing = false;

  const serving = (): WorkerHandle[] => slots.flatMap(({ handle }) => (handle ? [handle] : []));
  const until = async (reached: () => boolean): Promise<void> => {
    while (!closing && !reached()) await once(changes, 'change');
  };

  const begin = (slot: Slot): void => {
    const born = performance.now();
    const handle = createWorkerHandle({
      worker: parts.start(),
      feed,
      clock,
      log,
      trustMs: Math.max(MIN_TRUST_MS, 2 * deadlineMs),
      ended: (reason) => {
        computed += handle.computeSeconds;
        slot.handle = undefined;
        slot.starting = undefined;
        if (closing) return;
        slot.failures = performance.now() - born < HEALTHY_MS ? slot.failures + 1 : 1;
        restarts++;
        const pauseMs = slot.failures === 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (slot.failures - 2), LONGEST_PAUSE_MS);
        log.error({ reason, pauseMs, restarts }, 'a serving worker ended and is replaced');
        slot.timer = setTimeout(() => begin(slot), pauseMs);
      },
    });
    slot.starting = handle;
    void prepare(handle).then(
      () => {
        if (slot.starting !== handle) return;
        slot.starting = undefined;
        slot.handle = handle;
        changes.emit('change');
      },
      (error) => log.error({ error: String(error) }, 'a serving worker could not start'),
    );
  };
  /** Loads what is wanted, and what becomes wanted meanwhile; a bundle that cannot be loaded is left out. */
  const prepare = async (handle: WorkerHandle): Promise<void> => {
    await handle.started;
    const tried = new Set<string>();
    for (;;) {
      const next = [...wanted].find(([id]) => !tried.has(id));
      if (!next) return;
      tried.add(next[0]);
      await handle.load(...next).catch((error) => {
        if (error instanceof RecographError && error.code === 'WORKER_FAILED') {
          lost.set(next[0], (lost.get(next[0]) ?? 0) + 1);
          if (lost.get(next[0])! >= MAX_LOST) wanted.delete(next[0]);
          changes.emit('change');
          throw error;
        }
        log.error({ bundle: next[0], error: String(error) }, 'a serving worker could not load a bundle');
      });
    }
  };
  /** The one with the least to do; one that loads a bundle only where no other is there. */
  const leastBusy = (bundle: string): WorkerHandle => {
    const able = serving().filter((handle) => handle.has(bundle));
    const burden = (handle: WorkerHandle): number => (handle.loading ? 1e6 : 0) + handle.tasks;
    if (able.length > 0) return able.reduce((best, handle) => (burden(handle) < burden(best) ? handle : best));
    throw new RecographError('WORKER_FAILED', 'No serving worker is up with this bundle; one is being started.');
  };

  for (const slot of slots) begin(slot);
  const checking = setInterval(() => {
    for (const { handle, starting } of slots) (handle ?? starting)?.check();
  }, CHECK_EVERY_MS).unref();

  const free = (id: string): void => {
    wanted.delete(id);
    for (const { handle, starting } of slots) (handle ?? starting)?.free(id);
  };

  return {
    width: size + 1,
    load: async (id) => {
      const { front, folder } = await parts.readFront(id);
      wanted.set(id, folder);
      lost.delete(id);
      try {
        // One after another: the others serve on meanwhile. One that starts just now loads it by itself.
        for (const handle of serving()) if (!handle.has(id)) await handle.load(id, folder);
        await until(() => !wanted.has(id) || serving().some((handle) => handle.has(id)));
        if (!wanted.has(id)) {
          throw new RecographError('WORKER_FAILED', `Serving workers ended while they loaded bundle ${id}.`);
        }
      } catch (error) {
        free(id);
        throw error;
      }
      return front;
    },
    free,
    run: async (task): Promise<PipelineResult> => leastBusy(task.bundle).run(task),
    similar: async (task) => leastBusy(task.bundle).similar(task),
    stats: (): BackendStats => ({
      workers: size,
      ready: serving().length,
      restarts,
      batchesInFlight: serving().reduce((sum, { tasks }) => sum + tasks, 0),
      computeSeconds: serving().reduce((sum, handle) => sum + handle.computeSeconds, computed),
    }),
    ready: () => until(() => serving().length === size),
    dispose: async () => {
      closing = true;
      clearInterval(checking);
      for (const { timer } of slots) clearTimeout(timer);
      changes.emit('change');
      await Promise.all(slots.map(({ handle, starting }) => (handle ?? starting)?.terminate()));
    },
  };
};
