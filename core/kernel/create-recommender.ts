import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { importData, isUnweighed } from '../data/index.ts';
import { createRng } from '../math/index.ts';
import { openConfig } from '../registry/open-config.ts';
import { createActiveBundles } from '../serving/active-bundles.ts';
import { createCatalogueFeed } from '../serving/catalogue-feed.ts';
import { createInProcess } from '../serving/in-process.ts';
import { createKeptStates } from '../serving/kept-states.ts';
import { leasedBackend } from '../serving/leased-backend.ts';
import { createService } from '../serving/service.ts';
import { createShownLog } from '../serving/shown-log.ts';
import { createSlates } from '../serving/slates.ts';
import { createUserCache } from '../serving/user-cache.ts';
import { createWorkerPool } from '../serving/workers/pool.ts';
import { type Clock, type Log, RecographError, type Store, tokens } from '../spi/index.ts';
import { removeUnfinishedBundles } from '../training/bundle-files.ts';
import { createLeases } from '../training/leases.ts';
import { backup } from './backup.ts';
import { diskUsage } from './disk-usage.ts';
import { createEnvironment, type Environment } from './environment.ts';
import { evaluateConfig } from './evaluate-config.ts';
import { createJobs } from './jobs/jobs.ts';
import { createJobLauncher, type JobLauncher } from './jobs/launcher.ts';
import { runTask } from './jobs/run-task.ts';
import { silentLog } from './log.ts';
import { pruneBundles } from './prune-bundles.ts';
import type { BundleListing, Recommender } from './recommender.ts';
import { readFront, readStoredBundle, restoreBundle } from './restore-bundle.ts';
import { createSchedule, parseInterval } from './schedule.ts';
import { startWorker } from './serving/start-worker.ts';
import { sourcesOf } from './sources.ts';
import { trainBundle } from './train-bundle.ts';

export interface RecommenderOptions {
  /** What paths in a config given as an object are relative to; default: the working directory. */
  readonly folder?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Train on the config's schedule (`training.every`, `training.afterEvents`); what a server does. Default false. */
  readonly schedule?: boolean;
  /**
   * Serving threads. 0 (default) = pipelines run in this thread, without isolation from what plugins do; 'config' =
   * as `server.workers` says, else one a core but one, at least 1. A config given as an object always runs here.
   */
  readonly workers?: number | 'config';
  /** Requests that go through a pipeline together at most; default 64. */
  readonly maxBatch?: number;
  /** Events of users asked for of late that are kept in memory, about 100 bytes each; default 500,000. */
  readonly cachedEvents?: number;
  /** How long a request that names no `deadlineMs` waits, in ms; default: `server.deadlineMs` of the config. */
  readonly deadlineMs?: number;
}

/** How often what other processes change is looked for: the catalogue, and which bundle is active. */
const POLL_MS = 250;

const systemClock: Clock = { now: () => Date.now() };

/**
 * Opens a recommender: by the path or URL of its config, or by the config itself. Close it to end its threads
 * and files. Throws CONFIG_INVALID and what else `openConfig` throws, STORE_FAILED,
 * RUNTIME_UNAVAILABLE.
 */
export const createRecommender = async (
  source: string | URL | object,
  options: RecommenderOptions = {},
): Promise<Recommender> => {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLog;
  const opened = await openConfig(source, options.folder);
  const environment = await createEnvironment(opened, { worker: false, clock, log });
  const launcher = createJobLauncher();
  try {
    return await open(environment, launcher, workersOf(environment, options.workers), options);
  } catch (error) {
    await launcher.close();
    await environment.dispose();
    throw error;
  }
};

const open = async (
  environment: Environment,
  launcher: JobLauncher,
  workers: number,
  options: RecommenderOptions,
): Promise<Recommender> => {
  const { config, clock, log, container, bundleFolder } = environment;
  const { schedule: scheduled = false, maxBatch, cachedEvents, deadlineMs = config.server.deadlineMs } = options;
  if (workers > 0) {
    launcher.start();
    await environment.start();
  }
  const store = container.get(tokens.store);
  const feed = await createCatalogueFeed(store);
  const running =
    workers === 0
      ? createInProcess(
          async (id) => {
            await environment.start();
            return restoreBundle(environment, store, id);
          },
          () => environment.runtime?.describe().bytes ?? 0,
        )
      : createWorkerPool({
          size: workers,
          // Where threads share a GPU, each holds its memory.
          standby: !environment.runtime?.device.startsWith('cuda'),
          start: () => startWorker({ config: environment.file! }),
          readFront: (id, like) => readFront(environment, store, id, like),
          feed,
          clock,
          log,
          deadlineMs,
        });
  const leases = createLeases(environment.leaseFolder);
  const backend = leasedBackend(running, leases);
  const bundles = createActiveBundles(store, feed, clock, log, backend);
  const slates = createSlates(clock);
  const shown = createShownLog(store, config.store.shown, clock, log);
  const kept = createKeptStates(store, log);
  const users = createUserCache(store, log, cachedEvents);
  const service = createService({
    store,
    users,
    backend,
    bundles,
    feed,
    slates,
    shown,
    kept,
    config,
    clock,
    log,
    rng: createRng(config.seed).fork('requests'),
    deadlineMs,
    ...(maxBatch === undefined ? {} : { maxBatch }),
  });
  let closing: Promise<void> | undefined;
  /** What was activated serves when this resolves; without workers, when it is asked for first. */
  const activated = async (): Promise<void> => {
    bundles.changed();
    if (workers === 0) return;
    await bundles.refresh().catch(() => undefined);
  };
  const activating = async <T>(activate: () => Promise<T>): Promise<T> => {
    const result = await activate();
    await activated();
    return result;
  };
  /** Activates what is whole: all of the bundle is read before. Where others serve, that is not this thread's work. */
  const onceRead = async <T>(id: string, activate: () => Promise<T>): Promise<T> => {
    if (workers > 0) return bundles.withLoaded(id, () => activating(activate));
    await readStoredBundle(environment, store, id);
    return activating(activate);
  };
  if (workers > 0) {
    await activated();
    await backend.ready();
  }
  /** The last look at the catalogue. */
  let looked: Promise<unknown> = Promise.resolve();
  const poll = setInterval(() => {
    if (workers > 0) bundles.refresh().catch(() => undefined);
    looked = feed
      .refresh()
      .catch((error) => log.warn({ error: String(error) }, 'the catalogue could not be read again'));
  }, POLL_MS).unref();

  const importWith: Recommender['import'] = async ({ onError, signal, report, ...named } = {}) => {
    const result = await importData(store, sourcesOf(environment, named), {
      bounds: config.data,
      ...(config.data.items?.owner ? { owner: config.data.items.owner } : {}),
      now: clock.now(),
      ...(onError ? { onError } : {}),
      ...(signal ? { signal } : {}),
      ...(report ? { report } : {}),
    });
    users.clear();
    await feed.refresh();
    return result;
  };
  const importWhenEmpty = async (): Promise<void> => {
    const { events, items, users } = await store.counts();
    if (events + items + users === 0 && config.data.interactions) await importWith();
  };

  const self: Recommender = {
    jobs: await createJobs(
      { store, clock, log },
      (task, signal, report) =>
        environment.file === undefined
          ? runTask(self, task, signal, report)
          : launcher.run(environment.file, task, signal, report),
      async () => {
        await feed.refresh();
        await activated();
      },
      parseInterval(config.training.timeout, 'training.timeout'),
    ),
    service,
    store,
    config,
    components: environment.components,
    import: importWith,
    train: async (asked = {}) => {
      await importWhenEmpty();
      await mkdir(bundleFolder, { recursive: true });
      await removeUnfinishedBundles(bundleFolder, clock.now());
      await environment.start();
      const report = await trainBundle(environment, store, asked);
      await pruneBundles(environment, store);
      await feed.refresh();
      await activated();
      return report;
    },
    evaluate: async (asked = {}) => {
      await importWhenEmpty();
      await environment.start();
      return evaluateConfig(environment, store, asked);
    },
    recommend: async (request) => {
      const slate = await service.recommend(request);
      await service.shown(slate, slate.items);
      return slate;
    },
    similar: service.similar,
    recordEvents: service.recordEvents,
    upsertItems: service.upsertItems,
    upsertUsers: service.upsertUsers,
    deleteItems: service.deleteItems,
    items: async (ids) => {
      const missing = ids.filter((id) => !feed.records.has(id));
      const read = missing.length > 0 ? await store.items(missing) : [];
      const found = new Map(missing.map((id, k) => [id, read[k]]));
      return ids.map((id) => feed.records.get(id) ?? found.get(id));
    },
    userIds: () => userIds(store),
    unweighed: async () => {
      const { ids } = await store.keys('type', 0);
      return ids.filter((type) => isUnweighed(config.data.feedback, type));
    },
    bundles: () => listBundles(store),
    backup: (out) => backup(store, bundleFolder, out),
    deleteEvents: async (selection, options) => {
      const count = await store.deleteEvents(selection, options);
      users.clear();
      return count;
    },
    diskUsage: () => diskUsage(store.path, bundleFolder),
    activate: (id, expected) => onceRead(id, () => store.activateBundle(id, expected)),
    rollback: async () => {
      const previous = await store.previousBundle();
      if (previous === undefined) return activating(store.rollbackBundle);
      return onceRead(previous, store.rollbackBundle).catch(notBack(previous));
    },
    close: () => {
      closing ??= (async () => {
        clearInterval(poll);
        // Not for a bundle under way: a thread that hangs in it ends with the pool alone.
        await Promise.all([looked, users.close()]);
        schedule?.stop();
        await self.jobs.close();
        await launcher.close();
        await service.flush();
        bundles.dispose();
        await backend.dispose();
        await leases.close();
        await environment.dispose();
      })();
      return closing;
    },
  };
  const schedule = scheduled
    ? createSchedule({ training: config.training, bundleFolder, store, jobs: self.jobs, clock, log })
    : undefined;
  return self;
};

/** A rollback changes nothing where the bundle before is damaged too. */
const notBack =
  (id: string) =>
  (error: unknown): never => {
    if (!(error instanceof RecographError) || error.code !== 'BUNDLE_INVALID') throw error;
    const message = `${error.message}. Nothing was rolled back: ${id} was active before. Choose another one: recograph bundles activate ID`;
    throw new RecographError('BUNDLE_INVALID', message, { at: id, cause: error });
  };

const workersOf = ({ config, file, runtime, log }: Environment, asked: number | 'config' = 0): number => {
  const wanted = asked === 'config' ? (config.server.workers ?? Math.max(1, availableParallelism() - 1)) : asked;
  if (wanted === 0) return 0;
  if (file === undefined) {
    log.warn({}, 'the config is an object: pipelines run in this thread, without isolation from what plugins do');
    return 0;
  }
  return runtime?.gpu ? 1 : wanted;
};

async function* userIds(store: Store): AsyncIterable<string> {
  for await (const { records } of store.allUsers()) for (const { id } of records) yield id;
}

const listBundles = async (store: Store): Promise<BundleListing> => {
  const [active, bundles] = await Promise.all([store.activeBundle(), store.bundles()]);
  return {
    active: active ?? null,
    bundles: bundles.map(({ id, createdAt, configHash, metrics }) => ({
      id,
      createdAt: new Date(createdAt).toISOString(),
      configHash,
      metrics,
    })),
  };
};
