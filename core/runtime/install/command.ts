import { spawn } from 'node:child_process';
import { RecographError } from '../../spi/index.ts';

/** Runs a program; gives what it wrote to stdout. A failure is RUNTIME_UNAVAILABLE with the last lines it said. */
export const command = (
  program: string,
  args: readonly string[],
  options: { cwd: string; signal?: AbortSignal | undefined; env?: NodeJS.ProcessEnv },
): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, ...options.env };
    const child = spawn(program, args, { cwd: options.cwd, env, signal: options.signal });
    let out = '';
    let tail = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
      tail = (tail + chunk).slice(-2000);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      tail = (tail + chunk).slice(-2000);
    });
    const fail = (reason: string, cause?: unknown) =>
      reject(
        new RecographError('RUNTIME_UNAVAILABLE', `"${program} ${args.join(' ')}" ${reason}.\n${tail.trim()}`, {
          cause,
        }),
      );
    child.on('error', (error) => fail(`did not run: ${error.message}`, error));
    child.on('close', (code) => (code === 0 ? resolve(out) : fail(`ended with status ${code}`)));
  });

/** Whether a program can be started. */
export const isThere = (program: string): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(program, ['--version'], { stdio: 'ignore' });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
