import type { Kind } from 'recograph';
import type { Check } from './check.ts';
import type { Fitted, Fitting } from './fitting.ts';
import { leakChecks } from './fitting-leaks.ts';
import { repeatChecks } from './fitting-repeats.ts';
import { stateChecks } from './fitting-state.ts';
import { turnChecks } from './fitting-turns.ts';

/** What every component that is fitted is asked: models, features, rankers, sources. */
export const fittingChecks = <K extends Kind, F extends Fitted, Q>(kind: Fitting<K, F, Q>): Check[] => [
  ...repeatChecks(kind),
  ...stateChecks(kind),
  ...turnChecks(kind),
  ...leakChecks(kind),
];
