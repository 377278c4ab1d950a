import type { Benchmark, Context } from '../harness/benchmark.ts';
import { alternate } from '../harness/measure.ts';
import { pairs, shape } from '../neumf/shape.ts';
import { startSide } from '../neumf/side.ts';

const perSecond = (samples: number, ms: number): number => (samples / ms) * 1000;

/** One runtime in turns with RecBole. */
const measure = async (context: Context, runtime: 'wasm' | 'tensorflow') => {
  const { peer } = context;
  const ours = startSide('plugin.ts', {
    RECOGRAPH_RUNTIME: runtime,
    RECOGRAPH_NCF_TRAIN: context.data('ncf-ml-1m', 'ml-1m.train.lines.txt'),
    TF_CPP_MIN_LOG_LEVEL: '2',
  });
  try {
    const { best } = await alternate(
      context,
      2,
      { ours: `recograph on ${runtime}`, theirs: 'RecBole' },
      { ours: () => ours.steps(1), ...(peer ? { theirs: () => peer('recbole_neumf.py', 100) } : {}) },
    );
    const theirs = best.theirs && { name: 'RecBole', value: perSecond(pairs.batch, best.theirs.ms!) };
    const value = perSecond(pairs.batch, best.ours.ms!);
    context.figure(runtime, value, 'samples/s', theirs);
    return { value, theirs };
  } finally {
    ours.stop();
  }
};

export default {
  name: 'neumf-speed',
  about:
    'Samples a second of the neural-mf plugin, RecBole 1.2.1 and a bare PyTorch step, NeuMF with d = 64 on ncf-ml-1m; best of the rounds. Arguments: runtimes.',
  asked: { wasm: { ratioAtLeast: 0.5 }, 'best runtime': { ratioAtLeast: 1 } },
  needs: ['ncf-ml-1m'],
  run: async (context) => {
    const runtimes = (['wasm', 'tensorflow'] as const).filter(
      (runtime) => context.args.length === 0 || context.args.includes(runtime),
    );
    context.runtime(runtimes.join(', '));
    const found: Awaited<ReturnType<typeof measure>>[] = [];
    for (const runtime of runtimes) found.push(await measure(context, runtime));
    const fastest = found.reduce((a, b) => (b.value > a.value ? b : a));
    context.figure('best runtime', fastest.value, 'samples/s', fastest.theirs);
    // Random pairs, nothing drawn, one hidden layer more, steps twice as large.
    const torch = await context.peer?.('torch_neumf.py', 20);
    if (torch) context.figure('PyTorch step', perSecond(shape.batch, torch.ms!), 'samples/s');
  },
} satisfies Benchmark;
