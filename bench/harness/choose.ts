import type { Dataset, Kernels, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { evaluate, type Protocol, randomSplit, splitDataset } from '../../core/evaluation/index.ts';
import type { Context } from './benchmark.ts';
import { fitTimed } from './fit.ts';

interface Choice {
  readonly component: Parameters<typeof fitTimed>[0];
  readonly deps: { readonly kernels?: Kernels; readonly runtime?: TensorRuntime };
  /** Training events alone: no test event may stand in here. */
  readonly train: Dataset;
  readonly settings: readonly Record<string, unknown>[];
  readonly metrics: readonly string[];
}

/**
 * Fits every setting on nine tenths of the training events, drawn at random, and notes what it reaches on the rest,
 * the best by the first metric last: how the settings of an accuracy figure are chosen without its test events.
 */
export const choose = async (context: Context, choice: Choice): Promise<void> => {
  const { component, deps, train, metrics } = choice;
  const [parts] = splitDataset(train, randomSplit({ test: 0.1, validation: 0 }), createRng(7));
  const protocol: Protocol = { split: { use: 'random' }, candidates: { use: 'all' }, mask: 'train', metrics, seed: 1 };
  const lowerIsBetter = /^(rmse|mae|logloss)/.test(metrics[0]!);
  const reached: { setting: object; metrics: Readonly<Record<string, number | null>> }[] = [];
  for (const setting of choice.settings) {
    const { value: model, seconds } = await fitTimed(component, setting, deps, parts!.train);
    const { report } = await evaluate([{ name: 'model', model }], parts!, protocol, { clock: performance });
    model.dispose?.();
    reached.push({ setting, metrics: report.results[0]!.metrics });
    context.note({ setting, ...report.results[0]!.metrics, seconds });
  }
  const first = (k: number) => reached[k]!.metrics[metrics[0]!]! * (lowerIsBetter ? -1 : 1);
  const best = reached.reduce((a, _, k) => (first(k) > first(a) ? k : a), 0);
  context.note({ best: reached[best]!.setting });
  for (const metric of metrics) context.figure(`best setting, held-out ${metric}`, reached[best]!.metrics[metric]!);
};
