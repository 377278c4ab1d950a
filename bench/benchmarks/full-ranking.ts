import { type FittedModel, readInteractions } from 'recograph';
import { createKernels } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import { ease } from 'recograph/plugins/ease';
import { evaluate, givenParts, type PartEvents, type Protocol } from '../../core/evaluation/index.ts';
import type { Benchmark, Context } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { median } from '../harness/measure.ts';

const readPart = async (context: Context, part: string): Promise<PartEvents> => {
  const [users, items]: [string[], string[]] = [[], []];
  for await (const { rows } of readInteractions(
    { path: `ultragcn-ml-1m/${part}.txt`, format: 'user-items' },
    context.data(),
  )) {
    for (const { user, item } of rows) {
      users.push(user);
      items.push(item);
    }
  }
  return { file: part, users, items };
};

export default {
  name: 'full-ranking',
  about: 'Evaluating a fitted model on ultragcn-ml-1m: all users, all items, 4 metrics with intervals.',
  asked: {
    'evaluation of iALS': { atMost: 1, ratioAtMost: 0.05 },
    'evaluation of iALS, RecBole as installed': { ratioAtMost: 0.05 },
    'evaluation of EASE': { atMost: 1, ratioAtMost: 0.05 },
    'evaluation of EASE, RecBole as installed': { ratioAtMost: 0.05 },
  },
  needs: ['ultragcn-ml-1m'],
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const [parts] = await givenParts([{ train: 'train', validation: 'validation', test: 'test' }], (part) =>
      readPart(context, part),
    );
    const protocol: Protocol = {
      split: { use: 'given' },
      candidates: { use: 'all' },
      mask: 'train',
      metrics: ['recall@20', 'ndcg@20', 'hr@20', 'mrr@20'],
      seed: 42,
    };
    const evaluationSeconds = async (name: string, model: FittedModel): Promise<number> => {
      const seconds: number[] = [];
      for (let round = 0; round < (context.quick ? 1 : 7); round++) {
        const { report } = await evaluate([{ name, model }], parts!, protocol, {
          clock: performance,
          kernels,
        });
        const { metrics, seconds: own } = report.results[0]!;
        seconds.push(report.seconds);
        context.note({ name, users: report.users, seconds: report.seconds, score: own.score, metrics });
      }
      return median(seconds);
    };
    const { value: taste } = await fitTimed(als, { factors: 64 }, { kernels }, parts!.train);
    const { value: alike } = await fitTimed(ease, {}, { kernels }, parts!.train);
    const peer = await recbole(context);
    const beside = (seconds: number | undefined) => (seconds ? { name: 'RecBole', value: seconds } : undefined);
    for (const [name, model] of [
      ['iALS', taste],
      ['EASE', alike],
    ] as const) {
      const seconds = await evaluationSeconds(name, model);
      context.figure(`evaluation of ${name}`, seconds, 's', beside(peer?.best));
      context.figure(`evaluation of ${name}, RecBole as installed`, seconds, 's', beside(peer?.asInstalled));
    }
    taste.dispose?.();
    alike.dispose?.();
    await kernels.dispose();
  },
} satisfies Benchmark;

/** RecBole's full-sort evaluation of a matrix factorisation (its fastest model to score) on the same split, s. */
const recbole = async ({ peer, note, quick }: Context) => {
  if (!peer || quick) return undefined;
  try {
    const seconds = await peer('recbole_evaluation.py');
    note({ who: 'RecBole', ...seconds });
    return seconds;
  } catch (error) {
    note({ who: 'RecBole', failed: String(error).slice(-600) });
    return undefined;
  }
};
