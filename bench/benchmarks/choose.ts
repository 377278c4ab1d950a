import { type Component, createRuntime, type Dataset } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import plugins from 'recograph/plugins';
import { leaveLastOut, nameOf, type Parts, splitDataset } from '../../core/evaluation/index.ts';
import { builtInSplits, dataSchema, evaluationSchema } from '../../core/registry/sections/index.ts';
import { readGivenParts } from '../../core/training/given-data.ts';
import type { Accuracy } from '../harness/accuracy.ts';
import type { Benchmark, Context } from '../harness/benchmark.ts';
import { choose, heldOut } from '../harness/choose.ts';

/**
 * The training events of a recipe and what is held out of them, never a test event: each user's last training event
 * where the protocol tests last events, else the validation file, else a share drawn at random.
 */
const trainingParts = async (context: Context, { config, heldOut: share }: Accuracy): Promise<Parts> => {
  const { split: asked, candidates } = evaluationSchema.parse(config.evaluation);
  const split = builtInSplits.parse(asked);
  const data = dataSchema.parse(config.data ?? {});
  const source =
    split.use === 'folds' ? split.folds[0]!.train : split.use === 'given' ? split.train : data.interactions!;
  const held = split.use === 'given' ? split.validation : undefined;
  const given = { use: 'given', train: source, test: held ?? source } as const;
  const none = { items: new Map(), users: new Map() };
  const read = (await readGivenParts(given, data, context.data(), none))[0]!;
  if (held) return read;
  if (split.use === 'leave-last-out') return withoutLast(withoutLast(read.train).train);
  return candidates.use === 'given' ? withoutLast(read.train) : heldOut(read.train, share);
};

const withoutLast = (events: Dataset): Parts =>
  splitDataset(events, leaveLastOut({ last: 1, validation: 0 }), createRng(7))[0]!;

const recipeOf = async (name: string): Promise<Accuracy> =>
  ((await import(`../accuracy/${name}.ts`)) as { default: Accuracy }).default;

export default {
  name: 'choose',
  about:
    "A recipe's model with other settings, judged on its training events alone: choose NAME '{...}' ['{...}' ...]; `model` in the first names one of several.",
  asked: {},
  run: async (context) => {
    const [name, ...settings] = context.args;
    if (name === undefined) throw new Error('Name a recipe of bench/accuracy, then settings as JSON objects.');
    const recipe = await recipeOf(name);
    const { model: named, ...first } = JSON.parse(settings[0] ?? '{}') as { readonly model?: string };
    const { use, config } = recipe.config.models![named ?? Object.keys(recipe.config.models!)[0]!]!;
    const component = plugins
      .flatMap(({ components }): readonly Component[] => components)
      .find(({ type }) => type === use)!;
    const parts = await trainingParts(context, recipe);
    const kind = context.on ?? recipe.config.runtime ?? 'wasm';
    const runtime = await createRuntime(kind);
    const kernels = createKernels({ threads: context.threads });
    context.runtime(kind);
    const { metrics, candidates } = evaluationSchema.parse(recipe.config.evaluation);
    await choose(context, {
      component,
      deps: { runtime, kernels },
      parts,
      validation: parts.test,
      settings: [first, ...settings.slice(1).map((text) => JSON.parse(text) as object)].map((setting) => ({
        ...(config as object),
        ...setting,
      })),
      metrics: metrics.map(nameOf),
      candidates: candidates.use === 'given' ? { use: 'sampled', negatives: 99, by: 'uniform' } : candidates,
    });
    runtime.dispose();
    await kernels.dispose();
  },
} satisfies Benchmark;
