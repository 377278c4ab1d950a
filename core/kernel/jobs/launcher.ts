import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type Json, RecographError } from '../../spi/index.ts';
import { forkEntry } from './fork-entry.ts';
import type { FromJob, FromLauncher, JobProgress, JobTask, ToJob, ToLauncher } from './messages.ts';

/** How long a cancelled job may take to end by itself; a server that stops waits for it, and has 4.5 s in all. */
const GRACE_MS = 3000;

/** Runs tasks in processes of their own. */
export interface JobLauncher {
  /** Makes ready for jobs, while this process is small still. */
  start(): void;
  /** Throws what the task threw, CANCELLED, or WORKER_FAILED when its process died. */
  run(config: string, task: JobTask, signal: AbortSignal, report: (progress: JobProgress) => void): Promise<Json>;
  /** Once no job runs. */
  close(): Promise<void>;
}

/** How long the process of a job that has said its last word may take to end. */
const EXIT_MS = 10_000;

interface Running {
  said(message: FromJob): void;
  ended(how: string): void;
}

export const createJobLauncher = (): JobLauncher => {
  const running = new Map<number, Running>();
  let launcher: ChildProcess | undefined;
  let jobs = 0;

  /** Keeps this process alive while jobs run, and no longer. */
  const holdOn = (child: ChildProcess): void => {
    if (running.size > 0) {
      child.ref();
      child.channel?.ref();
    } else {
      child.unref();
      child.channel?.unref();
    }
  };
  const started = (): ChildProcess => {
    if (launcher?.connected) return launcher;
    const child = forkEntry('launcher-process');
    launcher = child;
    child.on('message', (message: FromLauncher) => {
      const job = running.get(message.job);
      if (message.type === 'said') job?.said(message.said);
      else job?.ended(message.how);
    });
    const lost = (how: string): void => {
      if (launcher === child) launcher = undefined;
      for (const job of running.values()) job.ended(how);
    };
    child.on('error', (error) => lost(`could not be started: ${error.message}`));
    child.on('disconnect', () => lost('was lost with the process that had started it'));
    return child;
  };
  const tell = (message: ToLauncher): void => {
    if (launcher?.connected) launcher.send(message);
  };

  return {
    start: () => holdOn(started()),
    run: (config, task, signal, report) =>
      new Promise((resolve, reject) => {
        const child = started();
        const job = jobs++;
        const say = (told: ToJob): void => tell({ type: 'tell', job, told });
        let outcome: FromJob | undefined;
        let killer: NodeJS.Timeout | undefined;
        const cancel = (): void => {
          say({ type: 'cancel' });
          killer = setTimeout(() => tell({ type: 'kill', job }), GRACE_MS);
        };
        running.set(job, {
          said: (message) => {
            if (message.type === 'progress') report(message.progress);
            else {
              outcome = message;
              // It is done, but a handle that a plugin left open can keep its process alive.
              killer ??= setTimeout(() => tell({ type: 'kill', job }), EXIT_MS);
            }
          },
          ended: (how) => {
            running.delete(job);
            holdOn(child);
            signal.removeEventListener('abort', cancel);
            clearTimeout(killer);
            if (outcome?.type === 'done') return resolve(outcome.result);
            reject(reasonOf(outcome, signal.aborted, task, how));
          },
        });
        holdOn(child);
        tell({ type: 'launch', job });
        say({ type: 'start', config, task });
        if (signal.aborted) cancel();
        else signal.addEventListener('abort', cancel, { once: true });
      }),
    close: async () => {
      const child = launcher;
      launcher = undefined;
      if (!child || child.exitCode !== null) return;
      const exit = once(child, 'exit');
      child.ref();
      if (child.connected) child.disconnect();
      await exit;
    },
  };
};

const reasonOf = (outcome: FromJob | undefined, cancelled: boolean, task: JobTask, how: string): RecographError => {
  if (outcome?.type === 'failed') return new RecographError(outcome.code as 'INTERNAL', outcome.message);
  if (cancelled) return new RecographError('CANCELLED', `The ${task.kind} was cancelled.`);
  const message = `The process of the ${task.kind} ${how}. What was there before is untouched.`;
  return new RecographError('WORKER_FAILED', message);
};
