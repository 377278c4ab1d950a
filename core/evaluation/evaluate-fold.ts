import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, type Kernels, type QueryBatch, type Ragged, type Rng, throwIfCancelled } from '../spi/index.ts';
import { candidatesOf } from './candidates/index.ts';
import { type Cases, casesOf, historyOf, itemsOf, leastWorthFirst, queriesAt } from './cases.ts';
import { type FoldFigures, figuresOfLists, figuresOfRows } from './figures.ts';
import { rankCases } from './lists.ts';
import { type AskedMetric, type Metrics, parseMetrics } from './metrics/index.ts';
import { skippedBy, warningsOf } from './notes.ts';
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
  /** What the intervals are computed with; without it, kernels of its own on one thread. */
  readonly kernels?: Kernels;
  readonly signal?: AbortSignal;
  readonly report?: (progress: EvaluationProgress) => void;
  /** Plugins' metrics by type name. */
  readonly metrics?: Metrics;
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

interface Fold {
  readonly index: number;
  readonly rng: Rng;
}

/** Evaluates every target on one fold: the same users, candidates and resamples for all of them. */
export const evaluateFold = async (
  targets: readonly Target[],
  parts: Parts,
  protocol: Protocol,
  options: EvaluateOptions & { readonly kernels: Kernels },
  fold: Fold,
): Promise<FoldOutcome> => {
  const asked = parseMetrics(protocol.metrics, options.metrics);
  const overLists = asked.some(({ metric }) => metric.over !== 'rows');
  const given = protocol.candidates.use === 'given' ? protocol.candidates.given : undefined;
  const cases = overLists
    ? casesOf(parts, protocol.mask, given && ((user) => given.byUser.has(user)))
    : rowUsers(parts, protocol);
  const candidates = overLists
    ? candidatesOf(protocol.candidates, parts, cases, fold.rng.fork('candidates'))
    : undefined;
  const outcome: FoldOutcome = { users: cases.users, warnings: warningsOf(cases, parts, protocol), targets: [] };
  for (const target of targets) {
    outcome.targets.push(await evaluateTarget(target, { parts, protocol, options, fold, asked, cases, candidates }));
  }
  return outcome;
};

interface Setting {
  readonly parts: Parts;
  readonly protocol: Protocol;
  readonly options: EvaluateOptions & { readonly kernels: Kernels };
  readonly fold: Fold;
  readonly asked: readonly AskedMetric[];
  readonly cases: Cases;
  readonly candidates: Ragged | undefined;
}

const evaluateTarget = async (target: Target, setting: Setting): Promise<TargetFigures> => {
  const { parts, protocol, options, fold, asked, cases, candidates } = setting;
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
  const queries = (users: Int32Array, testRows: Uint32Array): QueryBatch =>
    queriesAt(parts, cases.history, users, testRows, { seed: protocol.seed, extra: options.extra ?? {} });
  if (options.signal) throwIfCancelled(options.signal);

  const figures: FoldFigures[] = [];
  if (asked.some(({ metric }) => metric.over !== 'rows')) {
    const lists = await rankCases(target, {
      data: parts.train,
      cases,
      candidates,
      tiesLast: leastWorthFirst(cases),
      width: Math.max(...asked.map(({ k }) => k)),
      queries: (of) =>
        queries(
          Int32Array.from(of, (c) => cases.users[c]!),
          of.map((c) => cases.firstTestRow[c]!),
        ),
      timed,
      turn: next('lists', cases.users.length),
    });
    const masked = (user: number): Int32Array => itemsOf(cases.history.interactions, user);
    const data = { train: parts.train, masked };
    figures.push(
      await figuresOfLists(asked, lists, cases, data, { kernels: options.kernels, rng: fold.rng.fork('users') }),
    );
  }
  const skipped = skippedBy(target, asked);
  const pointwise = asked.filter(({ name, metric }) => metric.over === 'rows' && !(name in skipped));
  let unscoredRows: number | undefined;
  if ('model' in target && pointwise.length > 0) {
    const rows = await scoreTestRows(target.name, target.model, {
      parts,
      history: cases.history,
      queries,
      timed,
      turn: next('rows', parts.test.interactions.length),
    });
    unscoredRows = rows.unscored;
    figures.push(figuresOfRows(pointwise, rows, fold.rng.fork('row users')));
  }
  return {
    target: target.name,
    seconds: { fit: target.fitSeconds ?? 0, score: milliseconds / 1000 },
    metrics: Object.assign({}, ...figures.map((f) => f.metrics)),
    replicates: Object.assign({}, ...figures.map((f) => f.replicates)),
    values: Object.assign({}, ...figures.map((f) => f.values)),
    why: Object.assign({}, ...figures.map((f) => f.why)),
    skipped,
    unscoredRows,
  };
};

/** Where only test rows are asked about, every user with a test row is evaluated. */
const rowUsers = (parts: Parts, { mask }: Protocol): Cases => {
  const none = { offsets: new Uint32Array(1), values: new Int32Array(0) };
  const users = Int32Array.from(new Set(parts.test.interactions.users));
  return {
    users,
    relevant: none,
    grades: new Float32Array(0),
    masked: none,
    history: historyOf(parts, mask),
    firstTestRow: new Uint32Array(0),
  };
};
