import { type ChildProcess, execFile } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { forkEntry } from './fork-entry.ts';
import type { FromJob, FromLauncher, ToLauncher } from './messages.ts';

/**
 * Starts the processes of jobs and passes on what they and the server say. To start a process copies the page tables
 * of the one that does it: tens of milliseconds in a server with bundles in memory, nothing here.
 */
const jobs = new Map<number, ChildProcess>();
const say = (message: FromLauncher): void => {
  if (process.connected) process.send?.(message);
};

process.on('message', (message: ToLauncher) => {
  if (message.type === 'launch') return launch(message.job);
  const child = jobs.get(message.job);
  if (message.type === 'kill') child?.kill('SIGKILL');
  else if (child?.connected) child.send(message.told);
});
// A terminal sends these to all; jobs cancel themselves, and this process ends after the last of them.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
/** How long a job may take to end by itself when the server has gone. */
const ORPHAN_MS = 10_000;
process.on('disconnect', () => {
  for (const child of jobs.values()) if (child.connected) child.disconnect();
  // One that loops hears nothing.
  if (jobs.size > 0) setTimeout(killAll, ORPHAN_MS).unref();
});

const killAll = (): void => {
  for (const child of jobs.values()) child.kill('SIGKILL');
};

const launch = (job: number): void => {
  const child = forkEntry('process-entry');
  jobs.set(job, child);
  leaveTheCpuToServing(child.pid);
  child.on('message', (said: FromJob) => say({ type: 'said', job, said }));
  child.on('error', (error) => {
    if (child.pid !== undefined) return;
    jobs.delete(job);
    say({ type: 'ended', job, how: `could not be started: ${error.message}` });
  });
  // Only then has everything been heard that it said.
  const gone = Promise.all([
    new Promise<string>((resolve) => {
      child.on('exit', (code, signal) => resolve(signal ? `was killed by ${signal}` : `ended with exit code ${code}`));
    }),
    new Promise<void>((resolve) => child.on('disconnect', resolve)),
  ]);
  void gone.then(([how]) => {
    jobs.delete(job);
    say({ type: 'ended', job, how });
  });
};

/**
 * Nice, set before the process has started its threads, which inherit it; on Linux idle besides, where there is chrt: a
 * nice thread still runs to the end of its slice, some 3 ms, before one that has an answer to give. A system that
 * refuses is no reason to fail.
 */
const leaveTheCpuToServing = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // Some containers allow no process to change a priority.
  }
  if (process.platform === 'linux') execFile('chrt', ['--all-tasks', '--idle', '--pid', '0', String(pid)], () => {});
};
