import type { Json } from '../../spi/index.ts';
import type { Recommender } from '../recommender.ts';
import type { JobProgress, JobTask } from './messages.ts';

/** Does a job's work with a recommender; the same in a process of its own and in this one. */
export const runTask = async (
  recommender: Recommender,
  task: JobTask,
  signal: AbortSignal,
  report: (progress: JobProgress) => void,
): Promise<Json> => {
  switch (task.kind) {
    case 'train':
      return recommender.train({
        ...(task.pipeline === undefined ? {} : { pipeline: task.pipeline }),
        ...(task.automatic ? { activate: 'if-not-worse' as const } : {}),
        signal,
        report: ({ component, epoch, epochs, loss }) =>
          report({ stage: component, done: epoch, total: epochs, ...(loss === undefined ? {} : { loss }) }),
      }) as unknown as Promise<Json>;
    case 'evaluate':
      return recommender.evaluate({
        ...(task.bundle === undefined ? {} : { bundle: task.bundle }),
        signal,
        report: ({ target, done, total }) => report({ stage: target, done, total }),
      }) as unknown as Promise<Json>;
    case 'import':
      return recommender.import({
        signal,
        report: ({ phase, rows, total }) => report({ stage: phase, done: rows, total: total ?? rows }),
      }) as unknown as Promise<Json>;
  }
};
