import { createKernels, createRng } from '../math/index.ts';
import { RecographError } from '../spi/index.ts';
import { interval, meanOf, meanReplicates } from './bootstrap.ts';
import { type EvaluateOptions, evaluateFold, type FoldOutcome } from './evaluate-fold.ts';
import { checkLeaks } from './leaks.ts';
import { parseMetrics } from './metrics/index.ts';
import type { Parts } from './parts.ts';
import { fingerprintOf, type Protocol, recordProtocol } from './protocol.ts';
import type { Evaluated, TargetResult } from './report.ts';
import type { Target } from './targets.ts';

/** Evaluates fitted targets on one split. Throws LEAK, CONFIG_INVALID (metrics) and CANCELLED. */
export const evaluate = (
  targets: readonly Target[],
  parts: Parts,
  protocol: Protocol,
  options: EvaluateOptions,
): Promise<Evaluated> => evaluateFolds([parts], async () => targets, protocol, options);

/**
 * Fits and evaluates fold after fold: `fitTargets` gives each fold's targets, the same names every time. Figures are means of
 * the folds', each fold beside them. All folds are checked for leaks before anything is fitted.
 */
export const evaluateFolds = async (
  folds: readonly Parts[],
  fitTargets: (parts: Parts, fold: number) => Promise<readonly Target[]>,
  protocol: Protocol,
  options: EvaluateOptions,
): Promise<Evaluated> => {
  const start = options.clock.now();
  const asked = parseMetrics(protocol.metrics, options.metrics).map(({ name }) => name);
  const warnings = folds.flatMap(checkLeaks);
  const record = recordProtocol(protocol, folds);
  const outcomes: FoldOutcome[] = [];
  const kernels = options.kernels ?? createKernels({ threads: 1 });
  try {
    for (const [index, parts] of folds.entries()) {
      const rng = createRng(protocol.seed).fork(`fold ${index}`);
      const fold = { index, rng };
      outcomes.push(await evaluateFold(await fitTargets(parts, index), parts, protocol, { ...options, kernels }, fold));
    }
  } finally {
    if (!options.kernels) await kernels.dispose();
  }
  const names = outcomes[0]?.targets.map(({ target }) => target) ?? [];
  for (const { targets } of outcomes) {
    if (targets.map(({ target }) => target).join() === names.join()) continue;
    throw new RecographError(
      'INVALID_ARGUMENT',
      `Folds gave different targets: ${names} and ${targets.map((t) => t.target)}.`,
    );
  }
  return {
    report: {
      fingerprint: fingerprintOf(record),
      protocol: record,
      users: outcomes.reduce((sum, { users }) => sum + users.length, 0),
      seconds: (options.clock.now() - start) / 1000,
      warnings: [...new Set([...warnings, ...outcomes.flatMap((outcome) => outcome.warnings)])],
      results: names.map((_, place) => resultOf(outcomes, place, asked)),
    },
    samples: names.map((target, place) => ({
      target,
      folds: outcomes.map(({ users, targets }, fold) => ({
        users: Array.from(users, (user) => folds[fold]!.train.users.id(user)),
        values: targets[place]!.values,
      })),
    })),
  };
};

/** The folds of the target at `place`, as one result; metrics in the order they were asked for. */
const resultOf = (outcomes: readonly FoldOutcome[], place: number, asked: readonly string[]): TargetResult => {
  const folds = outcomes.map(({ targets }) => targets[place]!);
  const first = folds[0]!;
  const metrics: Record<string, number> = {};
  const intervals: Record<string, [number, number]> = {};
  for (const name of asked) {
    if (!(name in first.metrics)) continue;
    metrics[name] = meanOf(Float64Array.from(folds, (fold) => fold.metrics[name]!));
    const replicates = folds.flatMap((fold) => fold.replicates[name] ?? []);
    const bounds = replicates.length > 0 ? interval(meanReplicates(replicates)) : undefined;
    if (bounds?.every(Number.isFinite)) intervals[name] = bounds;
  }
  const why = Object.entries(Object.assign({}, ...folds.map((fold) => fold.why)) as Record<string, string>).filter(
    ([name]) => !Number.isFinite(metrics[name]),
  );
  const unscored = folds.reduce((sum, fold) => sum + (fold.unscoredRows ?? 0), 0);
  return {
    target: first.target,
    seconds: {
      fit: folds.reduce((sum, { seconds }) => sum + seconds.fit, 0),
      score: folds.reduce((sum, { seconds }) => sum + seconds.score, 0),
    },
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, jsonFigure(value)])),
    interval: intervals,
    ...(why.length > 0 ? { why: Object.fromEntries(why) } : {}),
    ...(Object.keys(first.skipped).length > 0 ? { skipped: first.skipped } : {}),
    ...(first.unscoredRows === undefined ? {} : { unscoredRows: unscored }),
    ...(folds.length > 1
      ? {
          folds: folds.map((fold, f) => ({
            users: outcomes[f]!.users.length,
            seconds: fold.seconds,
            metrics: Object.fromEntries(Object.keys(metrics).map((name) => [name, jsonFigure(fold.metrics[name]!)])),
          })),
        }
      : {}),
  };
};

/** JSON knows no NaN and no infinity. */
const jsonFigure = (value: number): number | null => (Number.isFinite(value) ? value : null);
