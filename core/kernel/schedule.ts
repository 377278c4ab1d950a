import { join } from 'node:path';
import type { TrainingConfig } from '../registry/sections/index.ts';
import { type Clock, type Log, RecographError, type Store } from '../spi/index.ts';
import { readManifest } from '../training/bundle-files.ts';
import type { Jobs } from './jobs/jobs.ts';

/** How often it is asked whether a training is due. */
const CHECK_MS = 1000;
const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `30m`, `12h`, `1d`. Throws CONFIG_INVALID. */
export const parseInterval = (text: string, at: string): number => {
  const match = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text);
  const ms = match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : 0;
  if (ms > 0) return ms;
  throw new RecographError('CONFIG_INVALID', `${at} is "${text}"; write a number and s, m, h or d, such as "12h".`, {
    at,
  });
};

interface ScheduleParts {
  readonly training: TrainingConfig;
  readonly bundleFolder: string;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Trains again when the active bundle is older than `training.every`, or when `training.afterEvents` events have come
 * since its data. A training that fails is tried again after the same interval or number of events, counted from then.
 */
export const createSchedule = (parts: ScheduleParts) => {
  const { training, store, jobs, clock, log } = parts;
  const every = training.every === undefined ? undefined : parseInterval(training.every, 'training.every');
  const { afterEvents } = training;
  let tried: { readonly at: number; readonly lastEvent: number } | undefined;
  let checking = false;

  const isDue = async (): Promise<boolean> => {
    const since = await newest(parts, tried);
    if (!since) return false;
    if (every !== undefined && clock.now() - since.at >= every) return true;
    return afterEvents !== undefined && (await store.state()).lastEvent - since.lastEvent >= afterEvents;
  };
  const check = async (): Promise<void> => {
    if (checking) return;
    checking = true;
    try {
      if (!(await isDue())) return;
      tried = { at: clock.now(), lastEvent: (await store.state()).lastEvent };
      const { id } = await jobs.start({ kind: 'train', automatic: true });
      log.info({ job: id }, 'training on schedule');
      await jobs.finished(id);
    } catch (error) {
      if (!(error instanceof RecographError && error.code === 'CONFLICT')) throw error;
    } finally {
      checking = false;
    }
  };
  if (every === undefined && afterEvents === undefined) return { check, stop: () => {} };
  const timer = setInterval(() => {
    check().catch((error) => log.error({ error: String(error) }, 'the training schedule could not be checked'));
  }, CHECK_MS);
  timer.unref();
  return { check, stop: () => clearInterval(timer) };
};

/** When the newer of the active bundle and the last try began, and the newest event it knew. */
const newest = async (
  { store, bundleFolder }: ScheduleParts,
  tried: { readonly at: number; readonly lastEvent: number } | undefined,
) => {
  const active = await store.activeBundle();
  const record = (await store.bundles()).find(({ id }) => id === active);
  if (!record) return tried;
  // A bundle that is damaged knows no event: any that come make a training due.
  const { createdAt, lastEventId } = await readManifest(join(bundleFolder, record.folder)).catch(() => ({
    createdAt: record.createdAt,
    lastEventId: 0,
  }));
  return tried && tried.at > createdAt ? tried : { at: createdAt, lastEvent: lastEventId };
};
