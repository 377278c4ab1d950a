import { totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerStart } from '../../serving/workers/messages.ts';

const MIN_HEAP_MB = 1024;
/** Of what requests leave behind little lives on; as much space as V8 takes for it makes the whole heap be marked twice a second. */
const YOUNG_MB = 12;

/** A serving thread; its heap may take a quarter of the machine's memory, at least 1 GB. */
export const startWorker = (workerData: WorkerStart): Worker => {
  const source = import.meta.url.endsWith('.ts');
  const entry = new URL(source ? './worker-entry.ts' : './worker-entry.js', import.meta.url);
  const resourceLimits = {
    maxOldGenerationSizeMb: Math.max(MIN_HEAP_MB, Math.floor(totalmem() / 2 ** 22)),
    maxYoungGenerationSizeMb: YOUNG_MB,
  };
  const options = { workerData, resourceLimits, name: 'recograph-serving' };
  if (!source) return new Worker(entry, { ...options, execArgv: [] });
  const boot = fileURLToPath(new URL('../jobs/boot.mjs', import.meta.url));
  return new Worker(boot, { ...options, argv: [entry.href], execArgv: ['-C', '@recograph/source'] });
};
