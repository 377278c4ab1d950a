import { randomUUID } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { type Clock, type JobRecord, type Json, type Log, RecographError, type Store } from '../../spi/index.ts';
import { lifeOf, thisOwner } from '../../training/owner.ts';
import type { JobProgress, JobTask } from './messages.ts';

/** One step of a job's life, numbered from 1, so that a client that lost its connection can go on where it was. */
export interface JobEvent {
  readonly seq: number;
  readonly job: JobRecord;
  readonly progress: JobProgress | null;
}

/** Runs jobs, one of a kind at a time, and remembers them in the store. */
export interface Jobs {
  /** Throws CONFLICT while a job of that kind runs; `at` is its id. */
  start(task: JobTask): Promise<JobRecord>;
  /** Answers with the job as it is then; undefined = no such job. A job that has ended stays as it ended. */
  cancel(id: string): Promise<JobRecord | undefined>;
  /** Events after `afterSeq`, kept ones first; ends with the job. An older job's last state is one event. */
  events(id: string, afterSeq?: number): AsyncIterable<JobEvent>;
  /** Resolves when the job has ended. */
  finished(id: string): Promise<void>;
  /** Cancels what runs and waits for it. */
  close(): Promise<void>;
}

interface Running {
  job: JobRecord;
  readonly abort: AbortController;
  readonly emitter: EventEmitter;
  readonly kept: JobEvent[];
  ended: Promise<void>;
}

type RunTask = (task: JobTask, signal: AbortSignal, report: (progress: JobProgress) => void) => Promise<Json>;

export const createJobs = async (
  { store, clock, log }: { store: Store; clock: Clock; log: Log },
  run: RunTask,
  done: (task: JobTask) => Promise<void>,
  /** How long a job may run, ms. */
  timeoutMs: number,
): Promise<Jobs> => {
  await failAbandoned(store, clock);
  const running = new Map<string, Running>();

  const publish = (entry: Running, change: Partial<JobRecord>, progress: JobProgress | null): void => {
    entry.job = { ...entry.job, ...change };
    const event = { seq: (entry.kept.at(-1)?.seq ?? 0) + 1, job: entry.job, progress };
    if (progress && entry.kept.at(-1)?.progress?.stage === progress.stage) entry.kept.pop();
    entry.kept.push(event);
    entry.emitter.emit('event', event);
  };

  const work = async (entry: Running, task: JobTask): Promise<void> => {
    let change: Partial<JobRecord>;
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        entry.abort.abort();
      },
      Math.min(timeoutMs, MAX_TIMER_MS),
    ).unref();
    try {
      const report = (progress: JobProgress): void => publish(entry, {}, progress);
      const result = await Promise.race([run(task, entry.abort.signal, report), ignored(entry.abort.signal, task)]);
      await done(task);
      change = { status: 'SUCCEEDED', detail: { ...(entry.job.detail as object), result } as Json };
    } catch (error) {
      const [code, message] = late ? tooLong(task, timeoutMs) : codeAndMessage(error);
      change = { status: code === 'CANCELLED' ? 'CANCELLED' : 'FAILED', error: { code, message } };
      log.error({ job: entry.job.id, code, error: message }, 'job failed');
    } finally {
      clearTimeout(timer);
    }
    entry.job = { ...entry.job, ...change, endedAt: clock.now() };
    await store.putJob(entry.job).catch((error) => log.error({ error: String(error) }, 'a job could not be written'));
    publish(entry, {}, null);
    running.delete(entry.job.id);
    entry.emitter.emit('end');
  };

  return {
    start: async (task) => {
      for (const { job } of running.values()) {
        if (job.kind !== task.kind) continue;
        const message = `A ${task.kind} is running already: job ${job.id}. Wait for it, or cancel it.`;
        throw new RecographError('CONFLICT', message, { at: job.id });
      }
      const now = clock.now();
      const job: JobRecord = {
        id: randomUUID(),
        kind: task.kind,
        status: 'RUNNING',
        createdAt: now,
        startedAt: now,
        endedAt: null,
        detail: { owner: thisOwner(), task: task as unknown as Json },
        error: null,
      };
      const emitter = new EventEmitter().setMaxListeners(0);
      const entry: Running = { job, abort: new AbortController(), emitter, kept: [], ended: Promise.resolve() };
      running.set(job.id, entry);
      try {
        await store.putJob(job);
      } catch (error) {
        running.delete(job.id);
        throw error;
      }
      publish(entry, {}, null);
      entry.ended = work(entry, task);
      return job;
    },
    cancel: async (id) => {
      running.get(id)?.abort.abort();
      await running.get(id)?.ended;
      return store.job(id);
    },
    events: (id, afterSeq = 0) => eventsOf(running.get(id), () => store.job(id), afterSeq),
    finished: async (id) => running.get(id)?.ended,
    close: async () => {
      for (const { abort } of running.values()) abort.abort();
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
};

/** How long work that runs in this process may take to heed its signal; a process of its own is killed before. */
const HEED_MS = 10_000;

/** Rejects when the signal has been ignored: nothing can end work of this process, but nobody waits for it any more. */
const ignored = (signal: AbortSignal, { kind }: JobTask): Promise<never> =>
  new Promise((_, reject) => {
    const told = (): void => {
      const message = `The ${kind} ignores that it was cancelled and runs on in this process; restart it to be rid of it.`;
      setTimeout(() => reject(new RecographError('CANCELLED', message)), HEED_MS).unref();
    };
    signal.addEventListener('abort', told, { once: true });
  });

/** What setTimeout can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const tooLong = ({ kind }: JobTask, timeoutMs: number): [string, string] => [
  'DEADLINE_EXCEEDED',
  `The ${kind} was stopped: it had not ended after ${Math.round(timeoutMs / 1000)} s, the config's training.timeout. Raise it, or see what loops or waits (recograph ${kind}).`,
];

const codeAndMessage = (error: unknown): [string, string] => [
  error instanceof RecographError ? error.code : 'INTERNAL',
  error instanceof Error ? error.message : String(error),
];

async function* eventsOf(
  entry: Running | undefined,
  stored: () => Promise<JobRecord | undefined>,
  afterSeq: number,
): AsyncGenerator<JobEvent> {
  if (!entry) {
    const job = await stored();
    if (job) yield { seq: afterSeq + 1, job, progress: null };
    return;
  }
  const live = on(entry.emitter, 'event', { close: ['end'] });
  let last = afterSeq;
  for (const event of [...entry.kept]) {
    if (event.seq <= last) continue;
    last = event.seq;
    yield event;
  }
  if (entry.job.endedAt !== null) return;
  for await (const [event] of live as AsyncIterable<[JobEvent]>) {
    if (event.seq <= last) continue;
    last = event.seq;
    yield event;
  }
}

/**
 * Jobs of a process that is no more did not end by themselves; one of another machine that does run writes its end
 * itself.
 */
const failAbandoned = async (store: Store, clock: Clock): Promise<void> => {
  for (const job of await store.jobs(100)) {
    if (job.status !== 'RUNNING' && job.status !== 'QUEUED') continue;
    const { owner } = job.detail as { owner?: string };
    if (owner !== undefined && lifeOf(owner) === 'alive') continue;
    const error = { code: 'WORKER_FAILED', message: 'The process that ran this job ended before the job did.' };
    await store.putJob({ ...job, status: 'FAILED', endedAt: clock.now(), error });
  }
};
