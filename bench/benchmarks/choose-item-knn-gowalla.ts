import { createKernels } from 'recograph/math';
import { itemKnn } from 'recograph/plugins/item-knn';
import type { Benchmark } from '../harness/benchmark.ts';
import { choose, heldOut } from '../harness/choose.ts';
import { datasetOf, largest, readUserItems } from '../harness/interactions.ts';

const settings = (['cosine', 'tf-idf'] as const).flatMap((similarity) =>
  [0.5, 0.4, 0.3, 0.2].flatMap((asymmetry) =>
    [0, 5, 20].flatMap((shrinkage) => ({ similarity, asymmetry, shrinkage, neighbors: 100 })),
  ),
);

export default {
  name: 'choose-item-knn-gowalla',
  about: "item-knn's settings for gowalla, chosen on a tenth of train.txt.",
  asked: {},
  needs: ['gowalla'],
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const events = readUserItems(context.data('gowalla', 'train.txt'));
    const train = datasetOf(events, largest(events.users) + 1, largest(events.items) + 1);
    await choose(context, {
      component: itemKnn,
      deps: { kernels },
      parts: heldOut(train),
      settings: context.quick ? settings.slice(0, 2) : settings,
      metrics: ['ndcg@20', 'recall@20'],
    });
    await kernels.dispose();
  },
} satisfies Benchmark;
