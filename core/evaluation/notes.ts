import { type Cases, casesOf } from './cases.ts';
import type { AskedMetric } from './metrics/index.ts';
import type { Parts } from './parts.ts';
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
