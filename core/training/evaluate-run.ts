import {
  type BuiltInRowSplit,
  checkParts,
  createSplitter,
  type Evaluated,
  type EvaluateOptions,
  evaluateFolds,
  type Parts,
  type Protocol,
  parseMetrics,
  type Recommender,
  splitDataset,
  type Target,
} from '../evaluation/index.ts';
import { createRng } from '../math/index.ts';
import { type Pipeline, requestsOf } from '../pipeline/index.ts';
import type { ComponentGraph } from '../registry/graph.ts';
import type { Dataset, Json } from '../spi/index.ts';
import { assemblePipelines } from './assemble.ts';
import { catalogueOf, type FitRun, fitRun, type LearningParts, layoutOf, type RunEnvironment } from './fit-run.ts';

/** The newest events of the training part that a ranker learns from where no validation part is split off. */
const RECENT_FRACTION = 0.1;

/**
 * What models and rankers learn from in one evaluation part: rankers are labelled by the validation part, else by the
 * newest tenth of the training part (each user's last event, or a random tenth, where times cannot tell). Never by the
 * test part.
 */
export const learningParts = (
  graph: ComponentGraph,
  { train, validation }: Pick<Parts, 'train' | 'validation'>,
): LearningParts => {
  const held = validation.interactions.length > 0;
  if (!graph.some(({ kind }) => kind === 'ranker')) return held ? { past: train, validation } : { past: train };
  if (held) return { past: train, recent: validation, validation };
  return recentOf(train);
};

/** The first way of parting that leaves at least half of the events in the past; at random where none does. */
const recentOf = (train: Dataset): Required<Pick<LearningParts, 'past' | 'recent'>> => {
  const part = (way: BuiltInRowSplit) => {
    const [parts] = splitDataset(train, createSplitter(way), createRng(0));
    return { past: parts!.train, recent: parts!.test };
  };
  const timed = train.interactions.times.some((time) => !Number.isNaN(time));
  const byTime = { use: 'temporal', test: RECENT_FRACTION, validation: 0 } as const;
  const lastOfEach = { use: 'leave-last-out', last: 1, validation: 0 } as const;
  for (const way of timed ? [byTime, lastOfEach] : [lastOfEach]) {
    const { past, recent } = part(way);
    if (recent.interactions.length > 0 && past.interactions.length >= recent.interactions.length)
      return { past, recent };
  }
  return part({ use: 'random', test: RECENT_FRACTION, validation: 0 });
};

export interface EvaluatedRun extends Evaluated {
  /** What was fitted, the last fold's where there are several. */
  readonly run: FitRun;
  /** Models and pipelines of `run` with the parts that they were measured on, and what queries bring besides. */
  readonly last: { readonly targets: readonly Target[]; readonly parts: Parts; readonly extra: Record<string, Json> };
}

/**
 * Fits the graph on each fold's training part and measures models and pipelines on its test part. Throws DATA_EMPTY and
 * DATA_INVALID before anything is fitted where the figures could mean nothing.
 */
export const evaluateRun = async (
  graph: ComponentGraph,
  folds: readonly Parts[],
  protocol: Protocol,
  targets: readonly ('models' | 'pipelines')[],
  environment: RunEnvironment,
  options: EvaluateOptions,
): Promise<EvaluatedRun> => {
  const asked = parseMetrics(protocol.metrics, options.metrics);
  const warnings = folds.flatMap((parts) => checkParts(parts, asked, protocol.split));
  let run: FitRun | undefined;
  let last: EvaluatedRun['last'] | undefined;
  let extra: Record<string, Json> = {};
  const evaluated = await evaluateFolds(
    folds,
    async (parts) => {
      run = await fitRun(graph, learningParts(graph, parts), environment);
      const catalogue = await catalogueOf(parts.train, run.fitted, environment.recordOf);
      const pipelines = assemblePipelines(graph, run.fitted, catalogue, layoutOf(parts.train), environment);
      extra = Object.assign(extra, ...Object.values(pipelines).map(initialStates));
      const [models, funnels] = [modelTargets(run), pipelineTargets(run, pipelines)];
      last = { targets: [...models, ...funnels], parts, extra };
      return [...(targets.includes('models') ? models : []), ...(targets.includes('pipelines') ? funnels : [])];
    },
    protocol,
    { ...options, extra },
  );
  const report = { ...evaluated.report, warnings: [...new Set([...warnings, ...evaluated.report.warnings])] };
  return { ...evaluated, report, run: run!, last: last! };
};

export const modelTargets = ({
  fitted,
  figures,
}: {
  fitted: Pick<FitRun['fitted'], 'models'>;
  figures: FitRun['figures'];
}): Target[] =>
  Object.entries(fitted.models).map(([name, model]) => ({
    name: `models.${name}`,
    fitSeconds: figures[`models.${name}`]?.seconds ?? 0,
    model,
  }));

/** A pipeline is as long in fitting as all of its parts: that is the sum over the run. */
export const pipelineTargets = (
  { figures }: Pick<FitRun, 'figures'>,
  pipelines: Readonly<Record<string, Pipeline>>,
): Target[] => {
  const fitSeconds = Object.values(figures).reduce((sum, { seconds }) => sum + seconds, 0);
  return Object.entries(pipelines).map(([name, pipeline]) => ({
    name: `pipelines.${name}`,
    fitSeconds,
    pipeline: recommenderOf(pipeline),
  }));
};

export const recommenderOf = (pipeline: Pipeline): Recommender => ({
  recommend: async (queries, n, { exclude, allow }, tiesLast) => {
    const requests = requestsOf(queries, { n, exclude, tiesLast, ...(allow ? { allow } : {}) });
    return (await pipeline.run(requests, { strict: true })).lists;
  },
});

/** The kept states of a pipeline's stages as they begin. */
export const initialStates = ({ keeps }: Pipeline): Record<string, Json> =>
  Object.fromEntries(keeps.map(({ name, initial }) => [name, initial]));
