import { createRng } from '../math/index.ts';
import type { ComponentGraph, GraphNode } from '../registry/graph.ts';
import type { Config } from '../registry/sections/index.ts';
import { slotOf } from '../registry/slot-of.ts';
import type { Clock, Dataset, FitOptions, Progress } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import { withExtremeValue } from './extreme-value.ts';
import { type AnyFitted, type CreateComponent, type Fitted, type FittedKind, inputsFor, withFitted } from './fitted.ts';
import { keyOf } from './refit-plan.ts';

export type { CreateComponent } from './fitted.ts';

export interface FitEnvironment {
  readonly config: Config;
  readonly create: CreateComponent;
  readonly clock: Clock;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly report: (progress: Progress & { component: string }) => void;
}

/** What one fit took; by `models.taste` and the like. */
export interface FitFigures {
  readonly seconds: number;
  readonly epochs: number;
  readonly loss: number | null;
  /** The first that it reported; with `loss`, the last, whether it learned. */
  readonly firstLoss: number | null;
  /** What 'auto' in its config came to; empty where nothing was left to it. */
  readonly chosen: Readonly<Record<string, number>>;
}

/** Models, features and sources of `graph` that `fitted` does not hold yet, fitted on `data` in the graph's order. */
export const fitGraph = async (
  graph: ComponentGraph,
  data: Dataset,
  validation: Dataset | undefined,
  fitted: Fitted,
  environment: FitEnvironment,
): Promise<{ fitted: Fitted; figures: Record<string, FitFigures> }> => {
  const figures: Record<string, FitFigures> = {};
  let result = fitted;
  for (const node of graph) {
    if (node.kind !== 'model' && node.kind !== 'feature' && node.kind !== 'source') continue;
    if (holds(result, node)) continue;
    const instance = environment.create(node.kind, slotOf(environment.config, node), node.slot);
    const [component, took] = await timedFit<AnyFitted>(node, environment, (options) =>
      instance
        .fit(data, inputsFor(result, node.slot, environment), validation ? { ...options, validation } : options)
        .catch((error: unknown) => {
          throw withExtremeValue(error, data);
        }),
    );
    figures[node.slot] = took;
    result = withFitted(result, node.kind, node.name, component);
  }
  return { fitted: result, figures };
};

/** Runs one fit with its own random stream, its place in every error and its figures taken. */
export const timedFit = async <T extends AnyFitted>(
  node: GraphNode,
  { clock, seed, signal, report }: FitEnvironment,
  fit: (options: FitOptions) => Promise<T>,
): Promise<[T, FitFigures]> => {
  if (signal.aborted) throw new RecographError('CANCELLED', `Cancelled before ${node.slot} was fitted.`);
  const started = clock.now();
  let firstLoss: number | null = null;
  let last: Progress = { epoch: 0, epochs: 0 };
  const component = await fit({
    rng: createRng(seed).fork(keyOf(node)),
    signal,
    report: (progress) => {
      last = progress;
      firstLoss ??= progress.loss ?? null;
      report({ ...progress, component: node.slot });
    },
  });
  const loss = last.loss ?? null;
  return [
    component,
    { seconds: (clock.now() - started) / 1000, epochs: last.epoch, loss, firstLoss, chosen: last.chosen ?? {} },
  ];
};

const holds = (fitted: Fitted, node: GraphNode): boolean => {
  const sections = { model: fitted.models, feature: fitted.features, ranker: fitted.rankers, source: fitted.sources };
  return Object.hasOwn(sections[node.kind as FittedKind], node.name);
};
