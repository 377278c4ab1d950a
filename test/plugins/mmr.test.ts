import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMmr } from '../../plugins/mmr/mmr.ts';
import { rankedList, stageContext } from '../support/stage-context.ts';

const vectors = { rows: 3, columns: 2, data: Float32Array.of(1, 0, 2, 0, 0, 3) };
const run = async (
  config: Partial<Parameters<typeof createMmr>[0]>,
  list = rankedList([0, 1, 2], [1, 0.9, 0.5]),
  context = stageContext(3, { vectors }),
) => (await createMmr({ vectors: 'text', lambda: 0.5, depth: 100, ...config }).run([list], context))[0]!;

it('puts an unlike item before a copy of the first', async () => {
  // relevance 1, .8, 0; item 1 is a copy of item 0: .5 * .8 - .5 = -.1; item 2: 0 - 0
  const list = await run({});
  expect([...list.items]).toEqual([0, 2, 1]);
  expect([...list.scores]).toEqual([0.5, 0, Math.fround(0.5 * 0.8 - 0.5)].map((s) => expect.closeTo(s, 6)));
});

it('takes a request’s diversity instead of lambda', async () => {
  const relevant = await run({}, undefined, stageContext(3, { vectors, diversity: 0 }));
  expect([...relevant.items]).toEqual([0, 1, 2]);
});

it('leaves what stands beyond its picks in its order, scores never rising', async () => {
  const list = await run({ depth: 2 }, rankedList([0, 1, 2], [1, 0.9, 0.5]), stageContext(1, { vectors }));
  expect([...list.items]).toEqual([0, 1, 2]);
  // relevance over the first two: 1, 0, then (0.5 - 0.9) / 0.1 = -4; what was not chosen loses .5
  expect([...list.scores]).toEqual([0.5, -0.5, -2.5].map((s) => expect.closeTo(s, 5)));
});

it('compares categories where no vectors are named', async () => {
  const genres = { 0: [2, 3], 1: [2, 3], 2: [4] } as Record<number, number[]>;
  const features = (items: Int32Array) => {
    const rows = Array.from(items, (item) => genres[item]!);
    const offsets = Uint32Array.from([0, ...rows.map((_, k) => rows.slice(0, k + 1).flat().length)]);
    return {
      rows: items.length,
      columns: { genres: { kind: 'bag', size: 5, offsets, codes: Int32Array.from(rows.flat()) } as const },
    };
  };
  const list = await run({ vectors: undefined }, undefined, stageContext(3, { features }));
  expect([...list.items]).toEqual([0, 2, 1]);
});

it('treats an item without a vector as like no other', async () => {
  const list = await run({}, rankedList([0, 1, 7], [1, 0.9, 0.5]));
  expect([...list.items]).toEqual([0, 7, 1]);
});

/** The definition, word for word: at every step the best of what is left against everything chosen. */
const byDefinition = (scores: number[], rows: number[][], lambda: number): number[] => {
  const [best, worst] = [Math.max(...scores), Math.min(...scores)];
  const cosine = (a: number[], b: number[]) =>
    a.reduce((sum, x, d) => sum + x * b[d]!, 0) / Math.hypot(...a) / Math.hypot(...b);
  const chosen: number[] = [];
  while (chosen.length < scores.length) {
    const values = scores.map((score, k) => {
      if (chosen.includes(k)) return Number.NEGATIVE_INFINITY;
      const likeness = Math.max(0, ...chosen.map((j) => cosine(rows[k]!, rows[j]!)));
      return (lambda * (score - worst)) / (best - worst) - (1 - lambda) * likeness;
    });
    chosen.push(values.indexOf(Math.max(...values)));
  }
  return chosen;
};

it('chooses as the definition says, and its scores never rise', async () => {
  const row = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
  const unit = row.filter((x) => Math.hypot(...x) > 0.1);
  await fc.assert(
    fc.asyncProperty(
      fc.array(unit, { minLength: 2, maxLength: 8 }),
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      async (rows, lambda) => {
        const scores = rows.map((_, k) => 1 / (k + 1));
        const matrix = { rows: rows.length, columns: 3, data: Float32Array.from(rows.flat()) };
        const list = await run({ lambda }, rankedList([...rows.keys()], scores), stageContext(8, { vectors: matrix }));
        for (let k = 1; k < list.scores.length; k++) expect(list.scores[k]).toBeLessThanOrEqual(list.scores[k - 1]!);
        const single = rows.map((r) => r.map(Math.fround));
        const expected = byDefinition(scores.map(Math.fround), single, lambda);
        const value = (order: number[]) => order.map((item) => list.scores[[...list.items].indexOf(item)]!);
        value(expected).forEach((score, k) => {
          expect(score).toBeCloseTo(list.scores[k]!, 4);
        });
      },
    ),
    { numRuns: 100 },
  );
});
