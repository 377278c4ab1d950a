import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidates, evaluate, readCandidates } from '../../../core/evaluation/index.ts';
import { type Event, modelOf, options, parts, protocol } from './support.ts';

/** The items a target was asked to score for each user. */
const askedItems = async (given: ReturnType<typeof parts>, candidates: Candidates, seed = 1) => {
  const asked = new Map<number, number[]>();
  const model = modelOf((user, item) => {
    asked.set(user, [...(asked.get(user) ?? []), item]);
    return 1;
  });
  await evaluate([{ name: 'models.m', model }], given, protocol(['hr@5'], { candidates, seed }), options);
  return asked;
};

describe('sampled candidates', () => {
  const event = fc.tuple(fc.nat(2), fc.nat(19)).map((pair): Event => pair);

  it('are the positives and the asked number of items the user never had', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ train: fc.array(event), validation: fc.array(event), test: fc.array(event) }),
        fc.integer({ min: 1, max: 25 }),
        fc.constantFrom('uniform' as const, 'popularity' as const),
        async (events, negatives, by) => {
          const asked = await askedItems(parts(3, 20, events), { use: 'sampled', negatives, by });
          for (const [user, items] of asked) {
            const of = (list: Event[]) => new Set(list.filter(([u]) => u === user).map(([, item]) => item));
            const seen = of(events.train);
            const positives = [...of(events.test)].filter((item) => !seen.has(item));
            const known = new Set([...seen, ...of(events.validation), ...of(events.test)]);
            const popular = new Set(events.train.map(([, item]) => item));
            const left = Array.from({ length: 20 }, (_, item) => item).filter(
              (item) => !known.has(item) && (by === 'uniform' || popular.has(item)),
            );
            const drawn = items.filter((item) => !positives.includes(item));
            expect(new Set(items).size).toBe(items.length);
            expect(positives.every((item) => items.includes(item))).toBe(true);
            expect(drawn.every((item) => left.includes(item))).toBe(true);
            expect(drawn.length).toBe(Math.min(negatives, left.length));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('depend on the seed and on nothing else', async () => {
    const given = parts(1, 500, { test: [[0, 7]] });
    const sampled = { use: 'sampled', negatives: 20, by: 'uniform' } as const;
    expect(await askedItems(given, sampled)).toEqual(await askedItems(given, sampled));
    expect(await askedItems(given, sampled, 2)).not.toEqual(await askedItems(given, sampled));
  });

  it('follow popularity where asked', async () => {
    // item 1 has 9 users, item 2 has 1; 300 users without history draw one negative each
    const train = [...Array.from({ length: 9 }, (_, u): Event => [u, 1]), [9, 2] as Event];
    const test = Array.from({ length: 300 }, (_, k): Event => [10 + k, 0]);
    const asked = await askedItems(parts(310, 3, { train, test }), { use: 'sampled', negatives: 1, by: 'popularity' });
    const popular = [...asked.values()].filter((items) => items.includes(1)).length;
    // binomial(300, .9): 270 on average, standard deviation 5.2
    expect(popular).toBeGreaterThan(270 - 26);
    expect(popular).toBeLessThan(270 + 26);
  });
});

describe('given candidates', () => {
  const given = parts(2, 6, {
    train: [[0, 5]],
    test: [
      [0, 1],
      [1, 2],
    ],
  });
  const file = 'negatives.txt';

  it('are read by user and drop copies of the positive', async () => {
    const lines = ['(u0,i1)\ti2\ti1\ti3', '', '(u9,i1)\ti2', '(u1,i2)\ti0\tnobody'];
    const read = await readCandidates(lines, given.train, { file });
    expect([...read.byUser].map(([user, items]) => [user, [...items]])).toEqual([
      [0, [2, 3]],
      [1, [0]],
    ]);
    expect([read.unknownUsers, read.unknownItems]).toEqual([1, 1]);
    const asked = await askedItems(given, { use: 'given', given: read });
    expect(Object.fromEntries(asked)).toEqual({ 0: [1, 2, 3], 1: [0, 2] });
  });

  it('may hold the positive when they are a user and its items; masked items are no candidates', async () => {
    const read = await readCandidates(['u0 i1 i2 i5', 'u1 i3'], given.train, { file });
    const asked = await askedItems(given, { use: 'given', given: read });
    expect(Object.fromEntries(asked)).toEqual({ 0: [1, 2], 1: [2, 3] });
  });

  it('narrow the users to those that have some, and say so', async () => {
    const read = await readCandidates(['u1 i3'], given.train, { file });
    const candidates = { use: 'given', given: read } as const;
    const model = modelOf(() => 1);
    const { report } = await evaluate([{ name: 'm', model }], given, protocol(['hr@1'], { candidates }), options);
    expect(report.users).toBe(1);
    expect(report.warnings).toEqual(['1 users with held-out positives have no given candidates; left out.']);
  });

  it('are refused with file and line where malformed', async () => {
    const broken = readCandidates(['(u0,i1)\ti2', 'u0 i2'], given.train, { file });
    await expect(broken).rejects.toMatchObject({ code: 'DATA_INVALID', at: 'negatives.txt:2' });
  });
});
