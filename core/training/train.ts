import {
  type EvaluateOptions,
  type EvaluationReport,
  type Parts,
  type Protocol,
  selectRows,
  withInteractions,
} from '../evaluation/index.ts';
import type { ComponentGraph } from '../registry/graph.ts';
import type { Dataset } from '../spi/index.ts';
import { evaluateRun, learningParts } from './evaluate-run.ts';
import { type FitFigures, fitGraph } from './fit-graph.ts';
import { fitRun, type RunEnvironment } from './fit-run.ts';
import { disposeFitted, type Fitted, partition } from './fitted.ts';
import { frozenBy } from './refit-plan.ts';

export interface TrainedRun {
  /** What goes into the bundle. */
  readonly fitted: Fitted;
  /** Keys `KIND NAME` of what was left as the rankers met it. */
  readonly frozen: ReadonlySet<string>;
  readonly figures: Readonly<Record<string, FitFigures>>;
  /** Of the pipelines as they were before the refit, on events that nothing fitted had seen. */
  readonly report: EvaluationReport | undefined;
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
  if (evaluated && !ofThisData) disposeFitted(evaluated.run.fitted);
  const parts = learningParts(graph, { train: all, validation: noEvents(all) });
  const run = evaluated && ofThisData ? evaluated.run : await fitRun(graph, parts, environment);
  const frozen = frozenBy(graph);
  const report = evaluated?.report;
  const sawEverything = !ofThisData && parts.past === all;
  if (sawEverything || environment.config.training.refit === 'none') return { ...run, frozen, report };
  const [kept, dropped] = partition(run.fitted, (kind, name) => kind === 'ranker' || frozen.has(`${kind} ${name}`));
  disposeFitted(dropped);
  const { fitted, figures } = await fitGraph(graph, all, undefined, kept, environment);
  return { fitted, frozen, figures: { ...run.figures, ...figures }, report };
};

const noEvents = (data: Dataset): Dataset => withInteractions(data, selectRows(data.interactions, new Uint32Array(0)));
