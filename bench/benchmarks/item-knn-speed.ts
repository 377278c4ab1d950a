import { createKernels } from 'recograph/math';
import { itemKnn } from 'recograph/plugins/item-knn';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { alternate } from '../harness/measure.ts';
import { ncfMl1m } from '../harness/ncf-ml-1m.ts';

export default {
  name: 'item-knn-speed',
  about: "Training item-knn, cosine, 100 neighbours, on ncf-ml-1m beside implicit's CosineRecommender.",
  asked: { training: { ratioAtMost: 1 } },
  needs: ['ncf-ml-1m'],
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const { peer } = context;
    const { ours, theirs } = await alternate(
      context,
      5,
      { ours: 'recograph', theirs: 'implicit' },
      {
        ours: async () => {
          const { data } = ncfMl1m(context); // anew: no round finds the dataset's matrices ready
          const { value, seconds, cpuSeconds } = await fitTimed(itemKnn, { neighbors: 100 }, { kernels }, data);
          value.dispose?.();
          return { seconds, cpuSeconds };
        },
        ...(peer ? { theirs: () => peer('implicit_neighbours.py', 'item-knn') } : {}),
      },
    );
    context.figure('training', ours.seconds!, 's', theirs && { name: 'implicit', value: theirs.seconds! });
    await kernels.dispose();
  },
} satisfies Benchmark;
