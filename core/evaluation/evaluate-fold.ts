import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, type Metric, type QueryBatch, type Rng, throwIfCancelled } from '../spi/index.ts';
import { candidatesOf } from './candidates/index.ts';
import { type Cases, casesOf, historyOf, itemsOf, queriesAt } from './cases.ts';
import { type FoldFigures, figuresOfLists, figuresOfRows } from './figures.ts';
import { rankCases } from './lists.ts';
import { type AskedMetric, parseMetrics } from './metrics/index.ts';
import type { Parts } from './parts.ts';
import { scoreTestRows } from './points.ts';
import type { Protocol } from './protocol.ts';
import type { Target } from './targets.ts';

export interface EvaluationProgress {
  readonly target: string;
  readonly fold: number;
  /** Users ranked, or test rows scored. */
  readonly over: 'lists' | 'rows';
  readonly done: number;
  readonly total: number;
}

export interface EvaluateOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly report?: (progress: EvaluationProgress) => void;
  /** Plugins' metrics by type name. */
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** `QueryBatch.extra` of every query: what targets named in `requires`. */
  readonly extra?: QueryBatch['extra'];
}

export interface TargetFigures extends FoldFigures {
  readonly target: string;
  readonly seconds: { readonly fit: number; readonly score: number };
  readonly skipped: Record<string, string>;
  readonly unscoredRows: number | undefined;
}

export interface FoldOutcome {
  readonly users: Int32Array;
  readonly warnings: string[];
  readonly targets: TargetFigures[];
}

/** Evaluates every target on one fold: the same users, candidates and resamples for all of them. */
export const evaluateFold = async (
  targets: readonly Target[],
  parts: Parts,
  protocol: Protocol,
  options: EvaluateOptions,
  fold: { readonly index: number; readonly rng: Rng },
): Promise<FoldOutcome> => {
  const asked = parseMetrics(protocol.metrics, options.metrics);
  const overLists = asked.some(({ metric }) => metric.over !== 'rows');
  const overRows = asked.some(({ metric }) => metric.over === 'rows');
  const given = protocol.candidates.use === 'given' ? protocol.candidates.given : undefined;
  const cases = overLists
    ? casesOf(parts, protocol.mask, given && ((user) => given.byUser.has(user)))
    : rowUsers(parts, protocol);
  const candidates = overLists
    ? candidatesOf(protocol.candidates, parts, cases, fold.rng.fork('candidates'))
    : undefined;
  const outcome: FoldOutcome = { users: cases.users, warnings: warningsOf(cases, parts, protocol), targets: [] };

  for (const target of targets) {
    let milliseconds = 0;
    const timed = async <T>(call: () => Promise<T>): Promise<T> => {
      const start = options.clock.now();
      const result = await call();
      milliseconds += options.clock.now() - start;
      return result;
    };
    const next = (over: 'lists' | 'rows', total: number) => async (done: number) => {
      options.report?.({ target: target.name, fold: fold.index, over, done, total });
      await turn();
      if (options.signal) throwIfCancelled(options.signal);
    };
    const query = { seed: protocol.seed, extra: options.extra ?? {} };
    const figures: FoldFigures[] = [];
    const skipped = skippedBy(target, asked);
    let unscoredRows: number | undefined;
    if (options.signal) throwIfCancelled(options.signal);
    if (overLists) {
      const lists = await rankCases(target, {
        data: parts.train,
        cases,
        ...(candidates ? { candidates } : {}),
        width: Math.max(...asked.map(({ k }) => k)),
        queries: (of) =>
          queriesAt(
            parts,
            cases.history,
            Int32Array.from(of, (c) => cases.users[c]!),
            of.map((c) => cases.firstTestRow[c]!),
            query,
          ),
        timed,
        turn: next('lists', cases.users.length),
      });
      const masked = (user: number): Int32Array => itemsOf(cases.history.interactions, user);
      figures.push(figuresOfLists(asked, lists, cases, { train: parts.train, masked }, fold.rng.fork('users')));
    }
    const pointwise = asked.filter(({ name, metric }) => metric.over === 'rows' && !(name in skipped));
    if ('model' in target && pointwise.length > 0) {
      const rows = await scoreTestRows(target.name, target.model, {
        parts,
        history: cases.history,
        queries: (users, rows) => queriesAt(parts, cases.history, users, rows, query),
        timed,
        turn: next('rows', parts.test.interactions.length),
      });
      unscoredRows = rows.unscored;
      figures.push(figuresOfRows(pointwise, rows, fold.rng.fork('row users')));
    }
    outcome.targets.push({
      target: target.name,
      seconds: { fit: target.fitSeconds ?? 0, score: milliseconds / 1000 },
      metrics: Object.assign({}, ...figures.map((f) => f.metrics)),
      replicates: Object.assign({}, ...figures.map((f) => f.replicates)),
      values: Object.assign({}, ...figures.map((f) => f.values)),
      skipped,
      unscoredRows: overRows ? unscoredRows : undefined,
    });
  }
  return outcome;
};

/** Where only test rows are asked about, every user with a test row is evaluated. */
const rowUsers = (parts: Parts, { mask }: Protocol): Cases => {
  const none = { offsets: new Uint32Array(1), values: new Int32Array(0) };
  const users = Int32Array.from(new Set(parts.test.interactions.users));
  return { users, relevant: none, masked: none, history: historyOf(parts, mask), firstTestRow: new Uint32Array(0) };
};

const skippedBy = (target: Target, asked: readonly AskedMetric[]): Record<string, string> => {
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

const warningsOf = (cases: Cases, parts: Parts, { candidates }: Protocol): string[] => {
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
