import type { Benchmark } from '../harness/benchmark.ts';
import { alternate } from '../harness/measure.ts';
import { startSide } from '../neumf/side.ts';

export default {
  name: 'neumf-step',
  about: 'One NeuMF training step (batch 4096) on recograph/nn and wasm, beside stock tfjs on wasm.',
  asked: { step: { ratioAtMost: 0.167 } },
  run: async (context) => {
    const ours = startSide('ours.ts', { RECOGRAPH_RUNTIME: 'wasm' });
    const stock = startSide('stock.ts');
    try {
      for (const side of [ours, stock]) await side.steps(2);
      const medians = await alternate(
        context,
        7,
        { ours: 'recograph', theirs: 'stock tfjs' },
        { ours: () => ours.steps(8), theirs: () => stock.steps(3) },
      );
      context.runtime('wasm');
      context.figure('step', medians.ours.ms!, 'ms', { name: 'stock tfjs', value: medians.theirs!.ms! });
    } finally {
      ours.stop();
      stock.stop();
    }
  },
} satisfies Benchmark;
