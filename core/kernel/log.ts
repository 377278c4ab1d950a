import type { Log } from '../spi/index.ts';

/** Says nothing; what a host without a log gets. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
