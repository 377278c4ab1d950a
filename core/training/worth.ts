import {
  type EvaluateOptions,
  evaluate,
  type Parts,
  type Protocol,
  selectRows,
  type Target,
  withInteractions,
} from '../evaluation/index.ts';
import { createRng } from '../math/index.ts';
import type { FittedModel, Rng } from '../spi/index.ts';
import { popularItems } from './popular-items.ts';

/** Users asked at most: the check costs one list of 20 of each of them, for every target. */
const USERS = 1_000;
/** Fewer say nothing for certain. */
const LEAST_USERS = 30;
/** Standard errors of the mean difference that are no accident (97.5 % of a normal distribution below). */
const CERTAIN = 1.96;
/** Lists that name so many times the items of popularity's lists, or less, are nearly the same for everybody. */
const ALIKE = 1.1;
const [RANKING, NAMED] = ['ndcg@20', 'coverage@20'] as const;

export interface Worth {
  readonly warnings: readonly string[];
  /** Targets that rank certainly worse than popularity, `pipelines.home`. */
  readonly worse: ReadonlySet<string>;
}

export const nothingToSay: Worth = { warnings: [], worse: new Set() };

/**
 * Holds what was learned against popularity, on held-out events that nothing was fitted on: NDCG@20 among all items,
 * what the mask names left out, of up to 1,000 users drawn once, the same for all targets.
 *
 * - worse: the mean over users of (target - popularity) lies 1.96 of its standard errors or more below 0;
 * - nearly the same list for everybody (models alone): together the lists name at most 1.1 times the items that
 *   popularity's name, and the mean difference does not lie as far above 0.
 *
 * Fewer than 30 users are not judged. Nor are models that answer everybody alike on purpose, and those whose scores
 * predict values or probabilities: they are measured by rmse or auc, not by what people choose among all items.
 */
export const checkWorth = async (
  targets: readonly Target[],
  parts: Parts,
  protocol: Pick<Protocol, 'mask' | 'seed'>,
  options: EvaluateOptions,
): Promise<Worth> => {
  const judged = targets.filter(isJudged);
  if (judged.length === 0 || parts.train.interactions.length === 0) return nothingToSay;
  const drawn = { ...parts, test: drawUsers(parts.test, protocol.seed) };
  const popularity: Target = { name: 'popularity', model: popularItems(parts.train) };
  const { report, samples } = await evaluate(
    [popularity, ...judged],
    drawn,
    { ...protocol, split: { use: 'drawn' }, candidates: { use: 'all' }, metrics: [RANKING, NAMED] },
    { ...options, report: () => undefined },
  );
  const [base, ...others] = report.results.map(({ target, metrics }, place) => ({
    target,
    ranking: metrics[RANKING] ?? 0,
    named: metrics[NAMED] ?? 0,
    values: samples![place]!.folds[0]!.values[RANKING]!,
  }));
  const users = base!.values.length;
  if (users < LEAST_USERS) return nothingToSay;
  const warnings: string[] = [];
  const worse = new Set<string>();
  for (const { target, ranking, named, values } of others) {
    const { mean, error } = difference(values, base!.values);
    const figures = `NDCG@20 ${ranking.toFixed(4)}, popularity ${base!.ranking.toFixed(4)}, on held-out events of ${users} users`;
    const below = mean < -CERTAIN * error;
    const alike = target.startsWith('models.') && named <= ALIKE * base!.named && mean <= CERTAIN * error;
    if (below) worse.add(target);
    if (!below && !alike) continue;
    const same = alike ? ', with nearly the same list for everybody' : '';
    warnings.push(`${target} ranks ${below ? 'worse' : 'no better'} than popularity${same} (${figures}). ${ADVICE}`);
  }
  return { warnings, worse };
};

const ADVICE = 'Try its default settings, more epochs, less regularization, or another model.';

const isJudged = (target: Target): boolean => 'pipeline' in target || ranksForEach(target.model);

/** Whether a model is there to rank items for each user, and so to rank them better than popularity does. */
export const ranksForEach = ({ capabilities: { coldUsers, calibrated } }: FittedModel): boolean =>
  !coldUsers.includes('alike') && calibrated === 'none';

/** The events of up to `USERS` users. */
const drawUsers = (test: Parts['test'], seed: number): Parts['test'] => {
  const { users, length } = test.interactions;
  const asked = [...new Set(users)];
  if (asked.length <= USERS) return test;
  const drawn = new Set(drawFirst(asked, USERS, createRng(seed).fork('worth')));
  const rows = Uint32Array.from({ length }, (_, row) => row).filter((row) => drawn.has(users[row]!));
  return withInteractions(test, selectRows(test.interactions, rows));
};

/** `count` of them without replacement (Fisher & Yates, as far as needed). */
const drawFirst = (values: readonly number[], count: number, rng: Rng): number[] => {
  const order = [...values];
  for (let k = 0; k < count; k++) {
    const other = k + rng.int(order.length - k);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return order.slice(0, count);
};

/** Mean of a - b and its standard error. */
const difference = (a: Float64Array, b: Float64Array): { mean: number; error: number } => {
  const differences = a.map((value, k) => value - b[k]!);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (differences.length * (differences.length - 1))) };
};
