import { execFileSync } from 'node:child_process';

/** Vitest runs the sources; the WASM kernels must be built before. */
export const setup = (): void => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--kernels'], { stdio: 'inherit' });
};
