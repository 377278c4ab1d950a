import type { Dataset, Kernels, Progress, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { evaluate, type Parts, type Protocol, randomSplit, splitDataset } from '../../core/evaluation/index.ts';
import type { Context } from './benchmark.ts';
import { fitTimed } from './fit.ts';

interface Choice {
  readonly component: Parameters<typeof fitTimed>[0];
  readonly deps: { readonly kernels?: Kernels; readonly runtime?: TensorRuntime };
  /** Training events alone: `test` is what is held out of them, and no test event of a figure may stand here. */
  readonly parts: Parts;
  /** What early stopping watches; without it nothing is stopped early. */
  readonly validation?: Dataset;
  readonly settings: readonly Record<string, unknown>[];
  readonly metrics: readonly string[];
  readonly candidates?: Protocol['candidates'];
}

/** A share of the events held out, drawn at random. */
export const heldOut = (train: Dataset, share = 0.1): Parts =>
  splitDataset(train, randomSplit({ test: share, validation: 0 }), createRng(7))[0]!;

/**
 * Fits every setting and notes what it reaches on what is held out, and on the way there where it is watched; the best by
 * the first metric last: how the settings of an accuracy figure are chosen without its test events.
 */
export const choose = async (context: Context, choice: Choice): Promise<void> => {
  const { component, deps, parts, validation, metrics, candidates = { use: 'all' } } = choice;
  const protocol: Protocol = { split: { use: 'random' }, candidates, mask: 'train', metrics, seed: 1 };
  const options = { clock: performance, ...(deps.kernels && { kernels: deps.kernels }) };
  const lowerIsBetter = /^(rmse|mae|logloss)/.test(metrics[0]!);
  const reached: { setting: object; metrics: Readonly<Record<string, number | null>> }[] = [];
  for (const setting of choice.settings) {
    const curve: number[] = [];
    const report = ({ epoch, loss, metric }: Progress) => {
      if (metric === undefined) return;
      curve.push(metric);
      console.error(`epoch ${epoch}: loss ${loss?.toFixed(5)}, validation ${metric.toFixed(5)}`);
    };
    const fit = await fitTimed(component, setting, deps, parts.train, 1, validation, report);
    const { value: model, seconds, cpuSeconds } = fit;
    const { results } = (await evaluate([{ name: 'model', model }], parts, protocol, options)).report;
    model.dispose?.();
    reached.push({ setting, metrics: results[0]!.metrics });
    context.note({ setting, ...results[0]!.metrics, seconds, cpuSeconds, ...(curve.length > 0 && { curve }) });
  }
  const first = (k: number) => reached[k]!.metrics[metrics[0]!]! * (lowerIsBetter ? -1 : 1);
  const best = reached.reduce((a, _, k) => (first(k) > first(a) ? k : a), 0);
  context.note({ best: reached[best]!.setting });
  for (const metric of metrics) context.figure(`best setting, held-out ${metric}`, reached[best]!.metrics[metric]!);
};
