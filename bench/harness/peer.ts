import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Numbers that a peer's script printed as one JSON object on its last line. */
export type Peer = (script: string, ...args: (string | number)[]) => Promise<Record<string, number>>;

const folder = fileURLToPath(new URL('../peers/', import.meta.url));
const run = promisify(execFile);

/** The Python of the peers' environment: RECOGRAPH_PEERS_PYTHON, else bench/peers/.venv. */
const python = (): string | undefined => {
  const path = process.env.RECOGRAPH_PEERS_PYTHON ?? `${folder}.venv/bin/python`;
  return existsSync(path) ? path : undefined;
};

export const peerOf = (data: string, threads: number): Peer | undefined => {
  const program = python();
  if (!program) return undefined;
  const env = {
    ...process.env,
    RECOGRAPH_DATA: data,
    RECOGRAPH_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: '1',
    OMP_NUM_THREADS: String(threads),
  };
  return async (script, ...args) => {
    const { stdout } = await run(program, [`${folder}${script}`, ...args.map(String)], { env, maxBuffer: 2 ** 26 });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>;
  };
};
