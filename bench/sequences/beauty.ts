import { createRng } from 'recograph/math';
import { leaveLastOut, type Parts, splitDataset } from '../../core/evaluation/index.ts';
import type { Context } from '../harness/benchmark.ts';
import { datasetOf, largest, readUserItems } from '../harness/interactions.ts';

/** S3-Rec's Beauty: each user's last item tests, the one before validates. */
export const beauty = (context: Context): Parts => {
  const events = readUserItems(context.data('s3rec/Beauty.txt'));
  const all = datasetOf(events, largest(events.users) + 1, largest(events.items) + 1);
  return splitDataset(all, leaveLastOut({ last: 1, validation: 1 }), createRng(1))[0]!;
};
