import { type JobRecord, RecographError, type Recommender } from 'recograph';
import type { Builder } from '../builder.ts';
import { type Failure, type Failures, orFailure } from '../failures.ts';
import type { BundleNode } from '../types/catalogue.ts';
import type { Operations } from '../types/operations.ts';

interface JobPayload {
  readonly __typename: 'JobPayload';
  readonly job: JobRecord;
}
interface BundlePayload {
  readonly __typename: 'BundlePayload';
  readonly bundle: BundleNode;
}

export const addOperationMutations = (builder: Builder, types: Operations, failures: Failures) => {
  const resolveType = (value: unknown) => (value as JobPayload | BundlePayload | Failure).__typename as never;
  const jobPayload = builder.objectRef<JobPayload>('JobPayload').implement({
    description: 'The job, as it is now.',
    fields: (t) => ({
      job: t.field({
        type: types.job,
        description: 'Ask for it again, or subscribe to `jobProgress`.',
        resolve: ({ job }) => job,
      }),
    }),
  });
  const bundlePayload = builder.objectRef<BundlePayload>('BundlePayload').implement({
    description: 'The bundle that is active now.',
    fields: (t) => ({
      bundle: t.field({
        type: types.bundle,
        description: 'The one that answers from now on.',
        resolve: ({ bundle }) => bundle,
      }),
    }),
  });
  const jobResult = builder.unionType('JobResult', {
    description: 'A job, or why there is none.',
    types: [jobPayload, failures.Conflict, failures.UnknownPipeline, failures.InvalidArgument],
    resolveType,
  });
  const bundleResult = builder.unionType('BundleResult', {
    description: 'The active bundle, or why it was not changed.',
    types: [bundlePayload, failures.Conflict, failures.InvalidArgument],
    resolveType,
  });
  const started = (run: () => Promise<JobRecord>): Promise<JobPayload | Failure> =>
    orFailure(async () => ({ __typename: 'JobPayload', job: await run() }));
  const activated = async ({ store }: Recommender, run: () => Promise<string>): Promise<BundlePayload | Failure> => {
    const answer = await orFailure(async () => ({
      __typename: 'BundlePayload' as const,
      bundle: { __typename: 'Bundle' as const, bundleId: await run() },
    }));
    if (answer.__typename !== 'Conflict') return answer;
    return { ...answer, current: (await store.activeBundle()) ?? null };
  };

  builder.mutationFields((t) => ({
    train: t.field({
      type: jobResult,
      description: 'Trains in a process of its own and activates the bundle. One at a time.',
      args: { pipeline: t.arg.string({ description: 'Only what this pipeline needs.' }) },
      resolve: (_, { pipeline }, { recommender }) =>
        started(async () => {
          if (typeof pipeline === 'string' && !Object.hasOwn(recommender.config.pipelines, pipeline)) {
            throw new RecographError('UNKNOWN_PIPELINE', `There is no pipeline "${pipeline}".`, { at: 'pipeline' });
          }
          return recommender.jobs.start({ kind: 'train', ...(typeof pipeline === 'string' ? { pipeline } : {}) });
        }),
    }),
    evaluate: t.field({
      type: jobResult,
      description: "Measures the config's models and pipelines, or a bundle on the events that came after it.",
      args: {
        bundle: t.arg.id({ description: 'Its bundleId; its config is measured, on the events after its data.' }),
      },
      resolve: (_, { bundle }, { recommender }) =>
        started(() => recommender.jobs.start({ kind: 'evaluate', ...(typeof bundle === 'string' ? { bundle } : {}) })),
    }),
    cancelJob: t.field({
      type: jobResult,
      description: 'Cancels a job and waits until it has ended.',
      args: { id: t.arg.id({ required: true, description: "The job's id." }) },
      resolve: (_, { id }, { recommender }) =>
        started(async () => {
          const job = await recommender.jobs.cancel(id);
          if (job) return job;
          throw new RecographError('INVALID_ARGUMENT', `There is no job "${id}".`, { at: 'id' });
        }),
    }),
    activateBundle: t.field({
      type: bundleResult,
      description: 'Serves this bundle from now on. With `expectedCurrent` only if that one is active.',
      args: {
        id: t.arg.id({ required: true, description: 'Its bundleId.' }),
        expectedCurrent: t.arg.id({ description: 'The bundleId that must be active for this to happen.' }),
      },
      resolve: (_, { id, expectedCurrent }, { recommender }) =>
        activated(recommender, async () => {
          await recommender.activate(id, expectedCurrent ?? undefined);
          return id;
        }),
    }),
    rollbackBundle: t.field({
      type: bundleResult,
      description: 'Serves the bundle again that was active before.',
      resolve: (_, __, { recommender }) => activated(recommender, () => recommender.rollback()),
    }),
  }));
};
