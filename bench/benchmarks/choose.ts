import { type Component, createRuntime, type Model } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import plugins from 'recograph/plugins';
import { evaluate, leaveLastOut, type Parts, randomSplit, splitDataset } from '../../core/evaluation/index.ts';
import { dataSchema, evaluationSchema } from '../../core/registry/sections/index.ts';
import { readGivenParts } from '../../core/training/given-data.ts';
import type { Accuracy } from '../harness/accuracy.ts';
import type { Benchmark, Context } from '../harness/benchmark.ts';
import { timed } from '../harness/measure.ts';

const HELD_OUT = 0.1;

/**
 * The training events of a recipe and what is held out of them, never a test event: each user's last training event
 * where the protocol tests last events, else the validation file, else a tenth drawn at random.
 */
const trainingParts = async (context: Context, { config }: Accuracy): Promise<Parts> => {
  const { split, candidates } = evaluationSchema.parse(config.evaluation);
  const data = dataSchema.parse(config.data ?? {});
  const source =
    split.use === 'folds' ? split.folds[0]!.train : split.use === 'given' ? split.train : data.interactions!;
  const held = split.use === 'given' ? split.validation : undefined;
  const none = { items: new Map(), users: new Map() };
  const given = { use: 'given', train: source, test: held ?? source } as const;
  const { train, test } = (await readGivenParts(given, data, context.data(), none))[0]!;
  const empty = splitDataset(train, randomSplit({ test: 0, validation: 0 }), createRng(7))[0]!.test;
  if (held) return { train, validation: test, test: empty };
  const last = split.use === 'leave-last-out' || candidates.use === 'given';
  // A dataset of last events knows two: the recipe's test events, which are dropped, and those that stand for them here.
  const past =
    split.use === 'leave-last-out'
      ? splitDataset(train, leaveLastOut({ last: 1, validation: 0 }), createRng(7))[0]!.train
      : train;
  const splitter = last ? leaveLastOut({ last: 1, validation: 0 }) : randomSplit({ test: HELD_OUT, validation: 0 });
  const parts = splitDataset(past, splitter, createRng(7))[0]!;
  return { train: parts.train, validation: parts.test, test: empty };
};

const recipeOf = async (name: string): Promise<Accuracy> =>
  ((await import(`../accuracy/${name}.ts`)) as { default: Accuracy }).default;

export default {
  name: 'choose',
  about:
    "A recipe's first model with other settings, judged on its training events alone: choose NAME '{...}' ['{...}' ...].",
  asked: {},
  run: async (context) => {
    const [name, ...settings] = context.args;
    if (name === undefined) throw new Error('Name a recipe of bench/accuracy, then settings as JSON objects.');
    const recipe = await recipeOf(name);
    const { train, validation, test } = await trainingParts(context, recipe);
    const kind = context.on ?? recipe.config.runtime ?? 'wasm';
    const runtime = await createRuntime(kind);
    const kernels = createKernels({ threads: context.threads });
    context.runtime(kind);
    const section = evaluationSchema.parse(recipe.config.evaluation);
    const candidates =
      section.candidates.use === 'given'
        ? ({ use: 'sampled', negatives: 99, by: 'uniform' } as const)
        : section.candidates;
    const protocol = { split: { use: 'given' }, candidates, mask: 'train', metrics: section.metrics, seed: 1 } as const;
    for (const text of settings.length > 0 ? settings : ['{}']) {
      const { model: wanted, ...setting } = JSON.parse(text) as { readonly model?: string };
      const [key, { use, config }] = Object.entries(recipe.config.models!).find(([id]) => id === wanted || !wanted)!;
      const component = plugins
        .flatMap(({ components }): readonly Component[] => components)
        .find(({ type }) => type === use)!;
      const parsed = component.schema.parse({ ...(config as object), ...setting });
      const model = component.create(parsed as never, { runtime, kernels } as never) as Model;
      const curve: (number | undefined)[] = [];
      const started = process.cpuUsage();
      const report = (progress: { readonly epoch: number; readonly loss?: number; readonly metric?: number }) => {
        if (progress.metric === undefined) return;
        curve.push(progress.metric);
        const { user, system } = process.cpuUsage(started);
        console.error(
          `${text} ${progress.epoch} ${progress.loss?.toFixed(5)} ${progress.metric.toFixed(5)} ${Math.round((user + system) / 1e6)} s`,
        );
      };
      const options = { rng: createRng(1), signal: new AbortController().signal, report, validation };
      const { value: fitted, cpuSeconds } = await timed(() => model.fit(train, {} as never, options));
      const parts = { train, validation: test, test: validation };
      const { report: measured } = await evaluate([{ name: key, model: fitted }], parts, protocol, {
        clock: performance,
        kernels,
      });
      fitted.dispose?.();
      const { metrics } = measured.results[0]!;
      context.note({ model: key, setting, metrics, curve, cpuSeconds });
      for (const [metric, value] of Object.entries(metrics))
        context.figure(`${key} ${JSON.stringify(setting)} held-out ${metric}`, value!);
    }
    runtime.dispose();
    await kernels.dispose();
  },
} satisfies Benchmark;
