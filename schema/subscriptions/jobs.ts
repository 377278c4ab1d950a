import { type JobEvent, RecographError } from 'recograph';
import type { Builder } from '../builder.ts';
import type { Operations } from '../types/operations.ts';

export const addJobProgress = (builder: Builder, { jobEvent }: Operations) => {
  builder.subscriptionField('jobProgress', (t) =>
    t.field({
      type: jobEvent,
      description: "A job's events from the first, or after `afterSeq`; ends with the job.",
      args: {
        id: t.arg.id({ required: true, description: "The job's id." }),
        afterSeq: t.arg.int({ description: 'The last `seq` that was seen, to go on after a lost connection.' }),
      },
      subscribe: async (_, { id, afterSeq }, { recommender }) => {
        if (await recommender.store.job(id)) return recommender.jobs.events(id, afterSeq ?? 0);
        throw new RecographError('INVALID_ARGUMENT', `There is no job "${id}".`, { at: 'id' });
      },
      resolve: (event: JobEvent) => event,
    }),
  );
};
