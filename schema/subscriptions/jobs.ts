import type { JobEvent } from 'recograph';
import type { Builder } from '../builder.ts';
import type { Operations } from '../types/operations.ts';

export const addJobProgress = (builder: Builder, { jobEvent }: Operations) => {
  builder.subscriptionField('jobProgress', (t) =>
    t.field({
      type: jobEvent,
      description: "A job's events from the first, or after `afterSeq`; ends with the job.",
      args: { id: t.arg.id({ required: true }), afterSeq: t.arg.int() },
      subscribe: (_, { id, afterSeq }, { recommender }) => recommender.jobs.events(id, afterSeq ?? 0),
      resolve: (event: JobEvent) => event,
    }),
  );
};
