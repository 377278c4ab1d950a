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
    const secondsPerEpoch = async (data: Dataset): Promise<number> => {
      data.positivesByItem();
      const fit = async (epochs: number): Promise<number> => {
        const { value, seconds } = await fitTimed(als, { factors: 64, epochs }, { kernels }, data);
        value.dispose?.();
        context.note({ interactions: data.interactions.length, epochs, seconds });
        return seconds;
      };
      return (-(await fit(1)) + (await fit(4))) / 3;
    };
    const small = await secondsPerEpoch(generated(1_000_000, 100_000, 50_000));
    const large = await secondsPerEpoch(generated(context.quick ? 2_000_000 : 10_000_000, 100_000, 50_000));
    context.figure('an epoch of 10M', large, 's', { name: 'of 1M', value: small });
    context.figure('peak memory', process.resourceUsage().maxRSS / 1024, 'MB');
    await kernels.dispose();
  },
} satisfies Benchmark;
