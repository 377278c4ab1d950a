import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Json, RecographError } from '../../spi/index.ts';
import type { FromJob, JobProgress, JobTask, ToJob } from './messages.ts';

/** How long a cancelled job may take to end by itself; a server that stops waits for it, and has 4.5 s in all. */
const GRACE_MS = 3000;

/** Runs one task in a process of its own. Throws what the task threw, CANCELLED, or WORKER_FAILED when it died. */
export const spawnJob = (
  config: string,
  task: JobTask,
  signal: AbortSignal,
  report: (progress: JobProgress) => void,
): Promise<Json> =>
  new Promise((resolve, reject) => {
    const child = forkEntry();
    leaveTheCpuToServing(child.pid);
    let outcome: FromJob | undefined;
    let killer: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      if (child.connected) child.send({ type: 'cancel' } satisfies ToJob);
      killer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    };
    child.on('message', (message: FromJob) => {
      if (message.type === 'progress') report(message.progress);
      else outcome = message;
    });
    child.on('error', reject);
    child.on('exit', (code, killedBy) => {
      signal.removeEventListener('abort', cancel);
      clearTimeout(killer);
      if (outcome?.type === 'done') resolve(outcome.result);
      else if (outcome?.type === 'failed') reject(new RecographError(outcome.code as 'INTERNAL', outcome.message));
      else if (signal.aborted) reject(new RecographError('CANCELLED', `The ${task.kind} was cancelled.`));
      else {
        const how = killedBy ? `was killed by ${killedBy}` : `ended with exit code ${code}`;
        reject(
          new RecographError(
            'WORKER_FAILED',
            `The process of the ${task.kind} ${how}. What was there before is untouched.`,
          ),
        );
      }
    });
    child.send({ type: 'start', config, task } satisfies ToJob);
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });

/** Set before the process has started its threads, which inherit it. A system that refuses is no reason to fail. */
const leaveTheCpuToServing = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // Some containers allow no process to change a priority.
  }
};

const forkEntry = () => {
  const source = import.meta.url.endsWith('.ts');
  const entry = new URL(source ? './process-entry.ts' : './process-entry.js', import.meta.url);
  const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'ignore', 'inherit', 'ipc'];
  return source
    ? fork(fileURLToPath(new URL('./boot.mjs', import.meta.url)), [entry.href], {
        execArgv: ['-C', '@recograph/source'],
        stdio,
      })
    : fork(fileURLToPath(entry), [], { execArgv: [], stdio });
};
