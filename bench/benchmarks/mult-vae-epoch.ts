import { createKernels } from 'recograph/math';
import { autoencoder } from 'recograph/plugins/autoencoder';
import type { Benchmark } from '../harness/benchmark.ts';
import { epochTimes } from '../harness/epochs.ts';
import { datasetOf, largest, readUserItems } from '../harness/interactions.ts';
import { alternate } from '../harness/measure.ts';

const SHAPE = { hidden: [600], code: 200, batchSize: 500 };

export default {
  name: 'mult-vae-epoch',
  about: 'One epoch of Mult-VAE (600-200-600, batch 500) on ultragcn-ml-1m beside PyTorch, which has dense inputs.',
  asked: { 'epoch, wasm': { ratioAtMost: 1 }, 'epoch, tensorflow': { ratioAtMost: 1 } },
  needs: ['ultragcn-ml-1m'],
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const events = readUserItems(context.data('ultragcn-ml-1m', 'train.txt'));
    const data = datasetOf(events, largest(events.users) + 1, largest(events.items) + 1);
    const { peer } = context;
    for (const kind of ['wasm', 'tensorflow'] as const) {
      const { ours, theirs } = await alternate(
        context,
        2,
        { ours: `recograph on ${kind}`, theirs: 'PyTorch' },
        {
          ours: () => epochTimes(autoencoder, SHAPE, data, kernels, kind, 2),
          ...(peer && { theirs: () => peer('torch_multvae.py', SHAPE.hidden[0]!, SHAPE.code, SHAPE.batchSize, 2) }),
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
