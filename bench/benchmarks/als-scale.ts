import type { Dataset } from 'recograph';
import { createKernels } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { generated } from '../harness/interactions.ts';

export default {
  name: 'als-scale',
  about: 'One epoch of iALS, d=64, on 10M generated interactions (100k users x 50k items), beside 1M on the same.',
  asked: { 'an epoch of 10M': { ratioAtMost: 11 } },
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    /** From the difference of two trainings, so that preparing is left out. */
    const perEpoch = async (data: Dataset): Promise<{ seconds: number; cpuSeconds: number }> => {
      data.positivesByItem();
      const fit = async (epochs: number) => {
        const { value, seconds, cpuSeconds } = await fitTimed(als, { factors: 64, epochs }, { kernels }, data);
        value.dispose?.();
        context.note({ interactions: data.interactions.length, epochs, seconds, cpuSeconds });
        return { seconds, cpuSeconds };
      };
      const [one, four] = [await fit(1), await fit(4)];
      return { seconds: (four.seconds - one.seconds) / 3, cpuSeconds: (four.cpuSeconds - one.cpuSeconds) / 3 };
    };
    const small = await perEpoch(generated(1_000_000, 100_000, 50_000));
    const large = await perEpoch(generated(context.quick ? 2_000_000 : 10_000_000, 100_000, 50_000));
    context.figure('an epoch of 10M', large.seconds, 's', { name: 'of 1M', value: small.seconds });
    context.figure('an epoch of 10M, CPU time', large.cpuSeconds, 's', { name: 'of 1M', value: small.cpuSeconds });
    context.figure('peak memory', process.resourceUsage().maxRSS / 1024, 'MB');
    await kernels.dispose();
  },
} satisfies Benchmark;
