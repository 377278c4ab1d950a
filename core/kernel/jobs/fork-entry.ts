import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of Node that runs this folder's file of that name and talks to this one. */
export const forkEntry = (name: 'launcher-process' | 'process-entry'): ChildProcess => {
  const source = import.meta.url.endsWith('.ts');
  const entry = new URL(source ? `./${name}.ts` : `./${name}.js`, import.meta.url);
  const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'ignore', 'inherit', 'ipc'];
  return source
    ? fork(fileURLToPath(new URL('./boot.mjs', import.meta.url)), [entry.href], {
        execArgv: ['-C', '@recograph/source'],
        stdio,
      })
    : fork(fileURLToPath(entry), [], { execArgv: [], stdio });
};
