import { RecographError } from '../../spi/index.ts';
import { createRecommender } from '../create-recommender.ts';
import type { FromJob, ToJob } from './messages.ts';
import { runTask } from './run-task.ts';

/** A job's own process: takes one task, reports, and ends. When its parent goes away, it cancels itself. */
const abort = new AbortController();
const send = (message: FromJob): Promise<void> =>
  new Promise((resolve) => (process.connected ? process.send?.(message, () => resolve()) : resolve()));

process.on('disconnect', () => abort.abort());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
process.on('message', (message: ToJob) => {
  if (message.type === 'cancel') abort.abort();
  else void work(message);
});

const work = async ({ config, task }: Extract<ToJob, { type: 'start' }>): Promise<void> => {
  try {
    const recommender = await createRecommender(config);
    try {
      const result = await runTask(recommender, task, abort.signal, (progress) => {
        void send({ type: 'progress', progress });
      });
      await send({ type: 'done', result });
    } finally {
      await recommender.close();
    }
  } catch (error) {
    const code = error instanceof RecographError ? error.code : 'INTERNAL';
    await send({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
};
