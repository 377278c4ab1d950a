import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';

const startOf = (pid: number): string => {
  try {
    // After the command, which may hold blanks and parentheses: field 22 of proc(5), clock ticks since the boot.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    return fields[19]!;
  } catch {
    return '';
  }
};
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/**
 * Names this process among all that share a folder or a database, as `HOST.PID.START`: a process id alone is given again
 * after a restart of the machine or the container. START is empty where the system does not tell it (no /proc).
 */
export const thisOwner = (): string => `${HOST}.${process.pid}.${startOf(process.pid)}`;

/**
 * Whether the process that `thisOwner` named still runs; `elsewhere` = it ran on another machine, which cannot be seen
 * from here.
 */
export const lifeOf = (owner: string): 'alive' | 'gone' | 'elsewhere' => {
  const [host, pid, start] = owner.split('.');
  if (host !== HOST) return 'elsewhere';
  if (!isAlive(Number(pid))) return 'gone';
  return start === startOf(Number(pid)) ? 'alive' : 'gone';
};

/** What a process of another machine left alone for so long has been left behind. */
const ABANDONED_MS = 24 * 3_600_000;

/** Whether nobody will come back to a file or folder that this owner made. `now` in ms. */
export const isLeftBehind = async (path: string, owner: string, now: number): Promise<boolean> => {
  const life = lifeOf(owner);
  if (life !== 'elsewhere') return life === 'gone';
  return now - ((await stat(path).catch(() => undefined))?.mtimeMs ?? now) > ABANDONED_MS;
};

const isAlive = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
