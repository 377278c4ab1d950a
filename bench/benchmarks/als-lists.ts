import { queriesOf } from 'recograph';
import { createKernels } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { alternate, timed } from '../harness/measure.ts';
import { ncfMl1m } from '../harness/ncf-ml-1m.ts';

export default {
  name: 'als-lists',
  about: "The 10 best items of all 6,040 users of ncf-ml-1m, seen ones masked, d=64, beside implicit's `recommend`.",
  asked: { 'all users': { ratioAtMost: 0.2, aim: 0.1 } },
  needs: ['ncf-ml-1m'],
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const { peer } = context;
    const { data } = ncfMl1m(context);
    const { value: model } = await fitTimed(als, { factors: 64, epochs: 3 }, { kernels }, data);
    const users = Int32Array.from({ length: data.users.size }, (_, user) => user);
    const queries = queriesOf(data, users);
    const exclude = { offsets: queries.histories.offsets, values: queries.histories.items };
    const { ours, theirs } = await alternate(
      context,
      3,
      { ours: 'recograph', theirs: 'implicit' },
      {
        // the best of several, as on the other side
        ours: async () => {
          let seconds = Number.POSITIVE_INFINITY;
          for (let k = 0; k < 9; k++) {
            seconds = Math.min(seconds, (await timed(() => model.recommend!(queries, 10, { exclude }))).seconds);
          }
          return { seconds };
        },
        ...(peer ? { theirs: () => peer('implicit_als.py', 'recommend') } : {}),
      },
    );
    const beside = theirs && { name: 'implicit', value: (users.length / theirs.usersPerSecond!) * 1000 };
    context.figure('all users', ours.seconds! * 1000, 'ms', beside);
    model.dispose?.();
    await kernels.dispose();
  },
} satisfies Benchmark;
