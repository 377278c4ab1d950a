import type { EvaluationReport, MetricFactory, Parts, Protocol, RowSplitConfig } from '../evaluation/index.ts';
import { componentGraph } from '../registry/graph.ts';
import { type EvaluationConfig, isPluginSplit, type SplitConfig } from '../registry/sections/index.ts';
import { type ItemRecord, RecographError, type Store, tokens, type UserRecord } from '../spi/index.ts';
import { evaluateRun } from '../training/evaluate-run.ts';
import { disposeFitted } from '../training/fitted.ts';
import { readCandidateSet, readGivenParts } from '../training/given-data.ts';
import type { EventWeight } from '../training/ranking-queries.ts';
import type { Environment } from './environment.ts';
import { evaluateBundle } from './evaluate-bundle.ts';
import { readPrepared } from './prepared.ts';
import type { EvaluateOptions } from './recommender.ts';

/** Measures every model and pipeline by the config's protocol, each component fitted once. */
export const evaluateConfig = async (
  environment: Environment,
  store: Store,
  asked: EvaluateOptions,
): Promise<EvaluationReport> => {
  const { config, components } = environment;
  const section = sectionOf(environment);
  if (asked.bundle !== undefined) return evaluateBundle(environment, store, asked.bundle, asked);
  const seed = asked.seed ?? section.seed ?? config.seed;
  const { folds, recordOf, eventWeight, warnings } = await foldsOf(environment, store, section, seed);
  const protocol = await protocolOf(environment, section, folds[0]!, seed);
  const signal = asked.signal ?? new AbortController().signal;
  const { report, run } = await evaluateRun(
    componentGraph(config, components),
    folds,
    protocol,
    ['models', 'pipelines'],
    { ...environment, recordOf, eventWeight, seed, signal, report: () => {} },
    { ...optionsOf(environment), signal, ...(asked.report ? { report: asked.report } : {}) },
  );
  disposeFitted(run.fitted);
  return { ...report, warnings: [...warnings, ...report.warnings] };
};

/** The config's `evaluation` section; evaluating without one is refused with what to write. */
export const sectionOf = ({ config }: Environment): EvaluationConfig => {
  if (config.evaluation) return config.evaluation;
  const message =
    "The config has no `evaluation` section. Add one, e.g. evaluation: { split: { use: 'temporal' }, metrics: ['ndcg@10'] }.";
  throw new RecographError('CONFIG_INVALID', message, { at: 'evaluation' });
};

/** Whether the split divides the store's events; the others read files. */
export const isRowSplit = (split: SplitConfig): split is RowSplitConfig =>
  isPluginSplit(split) || (split.use !== 'given' && split.use !== 'folds');

export interface Folds {
  readonly folds: readonly Parts[];
  recordOf(item: string): ItemRecord | undefined;
  readonly eventWeight?: EventWeight | undefined;
  readonly warnings: readonly string[];
}

/** One part a fold: from the store, or from the files that a `given` or `folds` split names. */
export const foldsOf = async (
  environment: Environment,
  store: Store,
  { split }: EvaluationConfig,
  seed: number,
): Promise<Folds> => {
  const { config, folder } = environment;
  if (!isRowSplit(split)) {
    const records = await recordsOf(store);
    const folds = await readGivenParts(split, config.data, folder, records);
    return { folds, recordOf: (item) => records.items.get(item), warnings: [] };
  }
  const { folds, recordOf, eventWeight, warnings } = await readPrepared(environment, store, split, seed);
  return { folds: folds!, recordOf, eventWeight, warnings };
};

export const protocolOf = async (
  { folder }: Environment,
  section: EvaluationConfig,
  parts: Parts,
  seed: number,
): Promise<Protocol> => ({
  split: section.split,
  candidates: await readCandidateSet(section.candidates, folder, parts.train),
  mask: section.mask,
  metrics: section.metrics,
  seed,
});

/** What an evaluation runs with, plugins' metrics among it. */
export const optionsOf = ({ components, create, clock, container }: Environment) => {
  const metrics: Record<string, MetricFactory> = {};
  for (const type of components.types('metric')) {
    metrics[type] = {
      schema: components.find('metric', type)!.schema,
      create: (config) => create('metric', { use: type, config }, 'evaluation.metrics'),
    };
  }
  return { clock, kernels: container.get(tokens.kernels), metrics };
};

const recordsOf = async (store: Store) => {
  const items = new Map<string, ItemRecord>();
  const users = new Map<string, UserRecord>();
  for await (const { records } of store.allItems()) for (const record of records) items.set(record.id, record);
  for await (const { records } of store.allUsers()) for (const record of records) users.set(record.id, record);
  return { items, users };
};
