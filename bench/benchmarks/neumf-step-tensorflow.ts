import type { Benchmark } from '../harness/benchmark.ts';
import { alternate } from '../harness/measure.ts';
import { startSide } from '../neumf/side.ts';

export default {
  name: 'neumf-step-tensorflow',
  about:
    "One NeuMF training step (batch 4096) on recograph/nn and native TensorFlow, beside PyTorch's with dense Adam.",
  asked: { step: { ratioAtMost: 2, aim: 1.2 } },
  run: async (context) => {
    const { peer } = context;
    const ours = startSide('ours.ts', { RECOGRAPH_RUNTIME: 'tensorflow', TF_CPP_MIN_LOG_LEVEL: '2' });
    try {
      await ours.steps(5);
      const medians = await alternate(
        context,
        7,
        { ours: 'recograph', theirs: 'PyTorch' },
        { ours: () => ours.steps(50), ...(peer ? { theirs: () => peer('torch_neumf.py', 50) } : {}) },
      );
      const beside = medians.theirs && { name: 'PyTorch', value: medians.theirs.ms! };
      context.runtime('tensorflow');
      context.figure('step', medians.ours.ms!, 'ms', beside);
    } finally {
      ours.stop();
    }
  },
} satisfies Benchmark;
