import { createKernels } from 'recograph/math';
import { attention } from 'recograph/plugins/attention';
import { createRuntime } from '../../core/runtime/index.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { alternate } from '../harness/measure.ts';
import { beauty } from '../sequences/beauty.ts';

export default {
  name: 'attention-epoch',
  about: "An epoch of SASRec on S3-Rec's Beauty beside the same network in PyTorch, sequences padded to 50.",
  asked: { epoch: { ratioAtMost: 1 }, 'epoch, processor time': { ratioAtMost: 1 } },
  needs: ['s3rec'],
  run: async (context) => {
    const runtime = await createRuntime('wasm');
    const kernels = createKernels({ threads: context.threads });
    context.runtime('wasm');
    const { train } = beauty(context);
    const { peer } = context;
    const { ours, theirs } = await alternate(
      context,
      2,
      { ours: 'recograph', theirs: 'PyTorch, a tenth of an epoch times 10' },
      {
        ours: async (round) => {
          const fit = await fitTimed(attention, { epochs: 1 }, { kernels, runtime }, train, round + 1);
          fit.value.dispose?.();
          return { seconds: fit.seconds, cpuSeconds: fit.cpuSeconds };
        },
        ...(peer && { theirs: () => peer('torch_sasrec.py', 0.1) }),
      },
    );
    context.figure('epoch', ours.seconds!, 's', theirs && { name: 'PyTorch', value: theirs.seconds! });
    const beside = theirs && { name: 'PyTorch', value: theirs.cpuSeconds! };
    context.figure('epoch, processor time', ours.cpuSeconds!, 's', beside);
    runtime.dispose();
    await kernels.dispose();
  },
} satisfies Benchmark;
