import { execFileSync } from 'node:child_process';

/**
 * Vitest runs the sources, which need the WASM kernels built; tests that start real processes run the built package.
 */
export const setup = (): void => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
};
