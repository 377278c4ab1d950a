import {
  type EvaluateOptions,
  type EvaluationReport,
  type Parts,
  type Protocol,
  parseMetrics,
  selectRows,
  type Target,
  withInteractions,
} from '../evaluation/index.ts';
import { type ComponentGraph, neededBy } from '../registry/graph.ts';
import type { Dataset } from '../spi/index.ts';
import { type EvaluatedRun, evaluateRun, learningParts } from './evaluate-run.ts';
import { type FitFigures, fitGraph } from './fit-graph.ts';
import { type FitRun, fitRun, type RunEnvironment } from './fit-run.ts';
import { disposeFitted, type Fitted, partition } from './fitted.ts';
import { judgeLosses } from './judge-losses.ts';
import { frozenBy } from './refit-plan.ts';
import { checkWorth, nothingToSay, ranksForEach, type Worth } from './worth.ts';

export interface TrainedRun {
  /** What goes into the bundle. */
  readonly fitted: Fitted;
  /** Keys `KIND NAME` of what was left as the rankers met it. */
  readonly frozen: ReadonlySet<string>;
  readonly figures: Readonly<Record<string, FitFigures>>;
  /** Of the pipelines as they were before the refit, on events that nothing fitted had seen. */
  readonly report: EvaluationReport | undefined;
  /** What was learned that is worth nothing, and what to change. */
  readonly warnings: readonly string[];
  /** Models and pipelines that rank worse than popularity, `pipelines.home`. */
  readonly worse: ReadonlySet<string>;
  /** Slots of components whose loss diverged, `models.taste`. */
  readonly diverged: ReadonlySet<string>;
}

/** One training run's data: everything, and what it is evaluated on. */
export interface TrainingData {
  readonly all: Dataset;
  readonly evaluation?: {
    readonly folds: readonly Parts[];
    readonly protocol: Protocol;
    readonly options: EvaluateOptions;
  };
}

/**
 * The training order: fit on the past, fit rankers on what came next, evaluate these pipelines, and only then
 * fit again on everything what may be fitted again: components of which rankers use scores and ranks alone.
 * Where the evaluation has files of its own, its run is thrown away and the order begins anew with the data.
 */
export const trainRun = async (
  graph: ComponentGraph,
  { all, evaluation }: TrainingData,
  environment: RunEnvironment,
): Promise<TrainedRun> => {
  const evaluated = evaluation
    ? await evaluateRun(graph, evaluation.folds, evaluation.protocol, ['pipelines'], environment, evaluation.options)
    : undefined;
  const ofThisData = evaluation?.folds[0]?.train.users === all.users;
  const worth = evaluation && evaluated ? await worthOf(graph, evaluated, evaluation) : nothingToSay;
  if (evaluated && !ofThisData) disposeFitted(evaluated.run.fitted);
  const parts = learningParts(graph, { train: all, validation: noEvents(all) });
  const run = evaluated && ofThisData ? evaluated.run : await fitRun(graph, parts, environment);
  const frozen = frozenBy(graph);
  const report = evaluated?.report;
  const sawEverything = !ofThisData && parts.past === all;
  const result = (run: Omit<FitRun, 'fitted'> & { readonly fitted: Fitted }): TrainedRun => {
    const losses = judgeLosses(run.figures, all);
    const warnings = [...losses.warnings, ...worth.warnings];
    return { ...run, frozen, report, warnings, worse: worth.worse, diverged: losses.diverged };
  };
  if (sawEverything || environment.config.training.refit === 'none') return result(run);
  const [kept, dropped] = partition(run.fitted, (kind, name) => kind === 'ranker' || frozen.has(`${kind} ${name}`));
  disposeFitted(dropped);
  const { fitted, figures } = await fitGraph(graph, all, undefined, kept, environment);
  return result({ fitted, figures: { ...run.figures, ...figures } });
};

/**
 * Models, and the pipelines of which a model ranks for each user. What is measured by predictions alone is not asked
 * for lists.
 */
const worthOf = (
  graph: ComponentGraph,
  { last, run }: EvaluatedRun,
  { protocol, options }: NonNullable<TrainingData['evaluation']>,
): Promise<Worth> | Worth => {
  const ranks = (target: Target): boolean =>
    'model' in target ||
    neededBy(graph, [{ kind: 'pipeline', name: target.name.slice('pipelines.'.length) }]).some(
      ({ kind, name }) => kind === 'model' && ranksForEach(run.fitted.models[name]!),
    );
  const overLists = parseMetrics(protocol.metrics, options.metrics).some(({ metric }) => metric.over !== 'rows');
  return overLists
    ? checkWorth(last.targets.filter(ranks), last.parts, protocol, { ...options, extra: last.extra })
    : nothingToSay;
};

const noEvents = (data: Dataset): Dataset => withInteractions(data, selectRows(data.interactions, new Uint32Array(0)));
