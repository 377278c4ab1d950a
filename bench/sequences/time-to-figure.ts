import type { Component, Dataset, FittedModel } from 'recograph';
import { queriesOf } from 'recograph';
import { createKernels } from 'recograph/math';
import { evaluate, type Protocol } from '../../core/evaluation/index.ts';
import { createRuntime } from '../../core/runtime/index.ts';
import type { Asked, Context } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { median } from '../harness/measure.ts';
import { beauty } from './beauty.ts';

/** What is asked of every sequence model on Beauty. */
export const askedOfSequences = (hr: number, ndcg: number): Readonly<Record<string, Asked>> => ({
  'hr@10': { atLeast: hr },
  'ndcg@10': { atLeast: ndcg },
  'time to it': { ratioAtMost: 6, aim: 2 },
  'evaluation of all users': { ratioAtMost: 0.1 },
  'next items of one session': { atMost: 5 },
});

const protocol: Protocol = {
  split: { use: 'leave-last-out', last: 1, validation: 1 },
  candidates: { use: 'all' },
  mask: 'train+validation',
  metrics: ['hr@10', 'ndcg@10'],
  seed: 1,
};

/**
 * So many epochs on S3-Rec's Beauty without looking at the validation part, what they reach on the test items, and how
 * long fitting, evaluating and answering one session take; beside one epoch of RecBole's `recboleModel`.
 */
export const timeToFigure = async (
  context: Context,
  component: Component,
  recboleModel: string,
  epochs: number,
): Promise<void> => {
  const runtime = await createRuntime('wasm');
  const kernels = createKernels({ threads: context.threads });
  context.runtime('wasm');
  try {
    const parts = beauty(context);
    const count = context.quick ? 1 : Number(context.args[0] ?? epochs);
    const fit = await fitTimed(
      component as never,
      { epochs: count, learningRate: 0.003 },
      { kernels, runtime },
      parts.train,
    );
    const model = fit.value;
    const epoch = { seconds: fit.seconds / count, cpuSeconds: fit.cpuSeconds / count };
    context.note({ epochs: count, seconds: fit.seconds, cpuSeconds: fit.cpuSeconds });

    const clock = { now: () => performance.now() };
    const { report } = await evaluate([{ name: component.type, model }], parts, protocol, { clock });
    for (const [metric, value] of Object.entries(report.results[0]!.metrics))
      context.figure(metric, value ?? Number.NaN);

    const peer = await epochOf(context, recboleModel);
    context.figure('time to it', fit.seconds, 's', peer?.time);
    context.figure('time to it, processor time', fit.cpuSeconds, 's', peer?.processorTime);
    context.figure('epoch', epoch.seconds, 's');
    context.figure('epoch, processor time', epoch.cpuSeconds, 's');
    context.figure('evaluation of all users', report.seconds, 's', { name: 'our epoch', value: epoch.seconds });
    context.figure('next items of one session', await sessionMs(model, parts.train), 'ms');
    model.dispose?.();
  } finally {
    runtime.dispose();
    await kernels.dispose();
  }
};

/** One epoch of RecBole, extrapolated from some of its batches; its processor time counts every thread. */
const epochOf = async ({ peer, note, quick }: Context, model: string) => {
  if (!peer || quick) return undefined;
  const { seconds, cpuSeconds, ...rest } = await peer('recbole_sequences.py', model);
  note({ who: 'RecBole', model, seconds, cpuSeconds, ...rest });
  const name = `an epoch of RecBole's ${model}`;
  return { time: { name, value: seconds! }, processorTime: { name, value: cpuSeconds! } };
};

const SESSIONS = 200;

/** The ten best of all items for one session of a user at a time, the median. */
const sessionMs = async (model: FittedModel, data: Dataset): Promise<number> => {
  const times: number[] = [];
  for (let user = 1; user <= SESSIONS; user++) {
    const query = queriesOf(data, Int32Array.of(user));
    const started = performance.now();
    await model.recommend!(query, 10, { exclude: { offsets: query.histories.offsets, values: query.histories.items } });
    times.push(performance.now() - started);
  }
  return median(times);
};
