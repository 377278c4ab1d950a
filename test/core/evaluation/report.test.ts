import { createRng } from 'recograph/math';
import { describe, expect, it } from 'vitest';
import { compareReports, evaluate, evaluateFolds } from '../../../core/evaluation/index.ts';
import { type Event, modelOf, options, parts, protocol } from './support.ts';

const USERS = 400;
const rng = createRng(5);
/** Each user holds item 0 out; item 1 is the only other one. */
const given = parts(USERS, 2, { test: Array.from({ length: USERS }, (_, user): Event => [user, 0]) });
const lucky = (share: number) => {
  const wins = Uint8Array.from({ length: USERS }, () => (rng.next() < share ? 1 : 0));
  return { wins, model: modelOf((user, item) => (item === 0 ? wins[user]! * 2 : 1)) };
};
const left = lucky(0.3);
const right = lucky(0.6);
const run = (name: string, model: typeof left.model, changes = {}, metrics = ['hr@1', 'coverage@1']) =>
  evaluate([{ name, model }], given, protocol(metrics, changes), options);
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe('intervals', () => {
  it('are those of a mean over users', async () => {
    const { report } = await run('models.a', left.model);
    const p = mean(left.wins);
    const [low, high] = report.results[0]!.interval['hr@1']!;
    // normal approximation of a binomial share; the bootstrap's own noise is some 4 % of the half width
    const half = 1.96 * Math.sqrt((p * (1 - p)) / USERS);
    expect(Math.abs(p - low - half)).toBeLessThan(0.15 * half);
    expect(Math.abs(high - p - half)).toBeLessThan(0.15 * half);
    expect(report.results[0]!.metrics['hr@1']).toBeCloseTo(p, 12);
    expect(report.results[0]!.interval).not.toHaveProperty('coverage@1');
  });

  it('are equal for equal seeds', async () => {
    const first = await run('models.a', left.model);
    expect((await run('models.a', left.model)).report.results[0]!.interval).toEqual(first.report.results[0]!.interval);
  });
});

describe('comparing reports', () => {
  it('gives paired differences', async () => {
    const [comparison] = compareReports(await run('models.a', left.model), await run('models.b', right.model));
    const { a, b, difference, interval } = comparison!.metrics['hr@1']!;
    const differences = Array.from(left.wins, (win, user) => right.wins[user]! - win);
    expect([a, b, difference]).toEqual([mean(left.wins), mean(right.wins), b! - a!]);
    const m = mean(differences);
    const half = 1.96 * Math.sqrt((mean(differences.map((d) => d * d)) - m * m) / USERS);
    expect(Math.abs(m - interval![0] - half)).toBeLessThan(0.15 * half);
    expect(Math.abs(interval![1] - m - half)).toBeLessThan(0.15 * half);
  });

  it('works on reports read from a file, without intervals', async () => {
    const saved = { report: JSON.parse(JSON.stringify((await run('models.a', left.model)).report)) };
    const [comparison] = compareReports(saved, await run('models.b', right.model));
    expect(comparison!.metrics['hr@1']!.difference).toBeGreaterThan(0);
    expect(comparison!.metrics['hr@1']).not.toHaveProperty('interval');
  });

  it('refuses different protocols and names what differs', async () => {
    const base = await run('models.a', left.model);
    const masked = await run('models.a', left.model, { mask: 'none' });
    const sampled = await run('models.a', left.model, { candidates: { use: 'sampled', negatives: 1, by: 'uniform' } });
    const message = (other: typeof base): string => {
      try {
        compareReports(base, other);
        return 'compared';
      } catch (error) {
        return `${(error as { code: string }).code} ${(error as { at: string }).at}`;
      }
    };
    expect(message(masked)).toBe('PROTOCOL_MISMATCH mask');
    expect(message(sampled)).toMatch(/^PROTOCOL_MISMATCH (?=.*candidates.use)(?=.*seed)/);
    expect(new Set([base, masked, sampled].map(({ report }) => report.fingerprint)).size).toBe(3);
  });

  it('refuses reports over different events and compares those with other metrics or another bootstrap seed', async () => {
    const base = await run('models.a', left.model);
    const other = parts(USERS, 2, { test: [[0, 0]] });
    const target = { name: 'models.a', model: left.model };
    const elsewhere = await evaluate([target], other, protocol(['hr@1']), options);
    expect(() => compareReports(base, elsewhere)).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_MISMATCH', at: 'data.test' }),
    );
    const more = await run('models.a', left.model, { seed: 99 }, ['hr@1', 'mrr@1']);
    expect(more.report.fingerprint).toBe(base.report.fingerprint);
    expect(compareReports(base, more)[0]!.metrics['hr@1']!.difference).toBe(0);
  });
});

describe('folds', () => {
  it('are averaged, each beside the mean', async () => {
    const folds = [0, 1].map((item) => parts(1, 3, { test: [[0, item]] }));
    const seen: number[] = [];
    const evaluated = await evaluateFolds(
      folds,
      async (_, fold) => {
        seen.push(fold);
        return [{ name: 'models.m', fitSeconds: fold + 1, model: modelOf((__, item) => -item) }];
      },
      protocol(['mrr@3', 'hr@1']),
      options,
    );
    const result = evaluated.report.results[0]!;
    expect(seen).toEqual([0, 1]);
    expect(result.metrics).toEqual({ 'mrr@3': 3 / 4, 'hr@1': 1 / 2 });
    expect(result.folds!.map(({ metrics }) => metrics)).toEqual([
      { 'mrr@3': 1, 'hr@1': 1 },
      { 'mrr@3': 1 / 2, 'hr@1': 0 },
    ]);
    expect(result.seconds.fit).toBe(3);
    expect(evaluated.report.users).toBe(2);
    expect(result.interval['mrr@3']).toEqual([3 / 4, 3 / 4]);
  });
});
