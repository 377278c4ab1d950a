import { createKernels } from 'recograph/math';
import { lightgcn } from 'recograph/plugins/lightgcn';
import type { Benchmark } from '../harness/benchmark.ts';
import { epochTimes } from '../harness/epochs.ts';
import { datasetOf, largest, readUserItems } from '../harness/interactions.ts';
import { alternate } from '../harness/measure.ts';

const SHAPE = { layers: 2, batchSize: 4096, negatives: 1024, learningRate: 0.02 };

export default {
  name: 'lightgcn-epoch',
  about: 'One epoch of LightGCN (64 wide, 2 layers, sampled softmax) on gowalla beside PyTorch, the same steps.',
  asked: { 'epoch, wasm': { ratioAtMost: 1 }, 'epoch, tensorflow': { ratioAtMost: 1 } },
  needs: ['gowalla'],
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const events = readUserItems(context.data('gowalla', 'train.txt'));
    const data = datasetOf(events, largest(events.users) + 1, largest(events.items) + 1);
    const { peer } = context;
    for (const kind of ['wasm', 'tensorflow'] as const) {
      const { ours, theirs } = await alternate(
        context,
        2,
        { ours: `recograph on ${kind}`, theirs: 'PyTorch' },
        {
          ours: () => epochTimes(lightgcn, SHAPE, data, kernels, kind, 1),
          ...(peer && {
            theirs: () => peer('torch_lightgcn.py', SHAPE.layers, SHAPE.batchSize, SHAPE.negatives, 1),
          }),
        },
      );
      const beside = (name: string) => theirs && { name: 'PyTorch', value: theirs[name]! };
      context.figure(`epoch, ${kind}`, ours.seconds!, 's', beside('seconds'));
      context.figure(`epoch, ${kind}, CPU time`, ours.cpuSeconds!, 's', beside('cpuSeconds'));
    }
    context.runtime('wasm, tensorflow');
    await kernels.dispose();
  },
} satisfies Benchmark;
