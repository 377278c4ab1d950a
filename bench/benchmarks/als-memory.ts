import { createKernels } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { ncfMl1m } from '../harness/ncf-ml-1m.ts';

export default {
  name: 'als-memory',
  about: 'Peak memory of the whole process that reads 1M interactions (ncf-ml-1m) and trains iALS, d=64.',
  asked: { 'peak memory': { atMost: 400 } },
  needs: ['ncf-ml-1m'],
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const before = process.resourceUsage().maxRSS / 1024;
    const { data } = ncfMl1m(context);
    const read = process.resourceUsage().maxRSS / 1024;
    const { value: model, seconds } = await fitTimed(als, { factors: 64, epochs: 15 }, { kernels }, data);
    context.note({ interactions: data.interactions.length, beforeMB: before, afterReadingMB: read });
    context.figure('peak memory', process.resourceUsage().maxRSS / 1024, 'MB');
    context.figure('training', seconds, 's');
    model.dispose?.();
    await kernels.dispose();
  },
} satisfies Benchmark;
