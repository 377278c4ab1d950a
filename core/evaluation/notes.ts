import { type Cases, casesOf } from './cases.ts';
import type { AskedMetric } from './metrics/index.ts';
import type { Parts } from './parts.ts';
import type { PointScores } from './points.ts';
import type { Protocol } from './protocol.ts';
import type { Target } from './targets.ts';

/** Metrics that do not apply to a target, and why. */
export const skippedBy = (target: Target, asked: readonly AskedMetric[]): Record<string, string> => {
  const skipped: Record<string, string> = {};
  for (const { name, metric } of asked) {
    if (metric.over !== 'rows') continue;
    if (!('model' in target)) skipped[name] = 'a pipeline gives lists, not a score for each test row';
    else if (metric.needs && target.model.capabilities.calibrated !== metric.needs) {
      skipped[name] =
        `needs scores that are a ${metric.needs}; the model's are "${target.model.capabilities.calibrated}"`;
    }
  }
  return skipped;
};

/** What a reader of the report should know about whom it leaves out. */
export const warningsOf = (cases: Cases, parts: Parts, { candidates }: Protocol): string[] => {
  const warnings: string[] = [];
  if (cases.users.length === 0) {
    warnings.push(
      `No user has a held-out positive outside the mask; test holds ${parts.test.interactions.length} events.`,
    );
  }
  if (candidates.use === 'given') {
    const { unknownItems, unknownUsers } = candidates.given;
    const missing = casesOf(parts, 'none', (user) => !candidates.given.byUser.has(user)).users.length;
    if (missing > 0) warnings.push(`${missing} users with held-out positives have no given candidates; left out.`);
    if (unknownItems > 0) warnings.push(`${unknownItems} given candidates are items that no part knows; left out.`);
    if (unknownUsers > 0) warnings.push(`${unknownUsers} lines of given candidates are of users that no part knows.`);
  }
  return warnings;
};

/** Why figures over lists are undefined, by metric. */
export const whyOfLists = (metrics: Readonly<Record<string, number>>, users: number): Record<string, string> =>
  whyOf(metrics, () =>
    users === 0
      ? 'no user has a held-out positive'
      : `the metric gave no number for any of the ${users} users; docs/metrics.md says when it is undefined`,
  );

/** Why figures over test rows are undefined, by metric. */
export const whyOfRows = (metrics: Readonly<Record<string, number>>, rows: PointScores): Record<string, string> => {
  const count = rows.scores.length;
  const reason = (): string => {
    if (count === 0) return `the model could score none of the ${rows.unscored} test rows`;
    if (rows.labels.every((label) => label === rows.labels[0])) {
      return `all ${count} scored test rows are ${rows.labels[0] === 1 ? 'positives' : 'negatives'}`;
    }
    return rows.values.some(Number.isFinite) ? 'the metric gave no number' : 'no scored test row has a value';
  };
  return whyOf(metrics, reason);
};

const whyOf = (metrics: Readonly<Record<string, number>>, reason: () => string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]) => {
      if (Number.isFinite(value)) return [];
      const infinite = Math.abs(value) === Number.POSITIVE_INFINITY;
      return [[name, infinite ? `the metric gave ${value}, which is no figure` : reason()]];
    }),
  );
