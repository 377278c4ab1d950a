import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer } from './shape.ts';

/** One side of the comparison, in a process of its own: tfjs holds one backend a process. */
export const startSide = (file: 'ours.ts' | 'stock.ts' | 'plugin.ts', env: NodeJS.ProcessEnv = {}) => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { env: { ...process.env, ...env } });
  return {
    steps: async (steps: number): Promise<{ ms: number; loss: number }> => {
      child.send(steps);
      const ended = new AbortController();
      const failure = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`${file} ended with status ${code}`);
      });
      const answer = once(child, 'message', { signal: ended.signal }) as Promise<[Answer]>;
      try {
        const [{ ms, loss }] = await Promise.race([answer, failure]);
        return { ms, loss };
      } finally {
        ended.abort();
        failure.catch(() => undefined);
        answer.catch(() => undefined);
      }
    },
    stop: () => child.kill(),
  };
};
