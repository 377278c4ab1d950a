import fc from 'fast-check';
import type { ItemList, Limits, Matrix } from 'recograph';
import { createKernels, scoreByDot, topKByScore } from 'recograph/math';
import { afterAll, expect, it } from 'vitest';
import { dot, randomMatrix, row, withThreads } from './support.ts';

const kernels = createKernels({ threads: 2 });
afterAll(() => kernels.dispose());

const nothing = (queries: number): Limits => ({
  exclude: { offsets: new Uint32Array(queries + 1), values: new Int32Array(0) },
});

/** Sorts everything that may be listed. */
const byFullSort = (scores: ArrayLike<number>, n: number, excluded: Set<number>, allowed?: Set<number>): number[] =>
  Array.from({ length: scores.length }, (_, item) => item)
    .filter((i) => !Number.isNaN(scores[i]) && !excluded.has(i) && (!allowed || allowed.has(i)))
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, n);

const bitmap = (size: number, bits: Iterable<number>) => {
  const words = new Uint32Array((size + 31) >> 5);
  for (const bit of bits) words[bit >> 5]! |= 1 << (bit & 31);
  return { size, words };
};

it('lists what a full sort lists, limits obeyed, for any shape', async () => {
  const integers = (max: number) => fc.integer({ min: 0, max });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        // few are scored one by one, many are rounded first
        queries: fc.oneof(integers(9), fc.integer({ min: 62, max: 70 })),
        items: fc.oneof(integers(90), integers(500)),
        width: integers(13),
        // long lists are gathered, short ones kept as a heap
        n: fc.oneof(integers(20), fc.integer({ min: 46, max: 130 })),
        seed: integers(99),
      }),
      fc.array(integers(99), { maxLength: 40 }),
      fc.option(fc.uniqueArray(integers(80))),
      async ({ queries, items, width, n, seed }, excluded, allowed) => {
        // Small integers: products are exact, and ties are frequent.
        const small = (rows: number, s: number): Matrix => {
          const m = randomMatrix(rows, width, s);
          return { ...m, data: m.data.map((x) => Math.round(x * 2)) };
        };
        const x = small(queries, seed);
        const y = small(items, seed + 1);
        if (items > 4 && width > 0) y.data[4 * width] = Number.NaN;
        if (items > 5) y.data.fill(0, 5 * width, 6 * width);
        if (queries > 2) x.data.fill(0, 2 * width, 3 * width);
        const limits: Limits = {
          exclude: {
            offsets: Uint32Array.from({ length: queries + 1 }, (_, q) => (q === 0 ? 0 : excluded.length)),
            values: Int32Array.from(excluded),
          },
          ...(allowed && { allow: bitmap(81, allowed) }),
        };
        const lists = await kernels.topK(x, y, n, limits);
        expect(lists).toHaveLength(queries);
        for (let q = 0; q < queries; q++) {
          const scores = Array.from({ length: items }, (_, i) => dot(row(x, q), row(y, i)));
          const expected = byFullSort(
            scores,
            n,
            new Set(q === 0 ? excluded : []),
            allowed ? new Set(allowed) : undefined,
          );
          expect([...lists[q]!.items]).toEqual(expected);
          expect([...lists[q]!.scores]).toEqual(expected.map((i) => scores[i]!));
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('finds the best of many items, whatever the number of threads and of queries beside', async () => {
  const x = randomMatrix(70, 20, 1);
  const y = randomMatrix(10_000, 20, 2);
  const plain = (lists: readonly ItemList[]) => lists.map((l) => ({ items: [...l.items], scores: [...l.scores] }));
  const [one, two] = await withThreads(async (k) => plain(await k.topK(x, y, 50, nothing(70))));
  expect(two).toEqual(one);
  for (const q of [0, 33, 69]) {
    const alone = await kernels.topK({ rows: 1, columns: 20, data: row(x, q) }, y, 50, nothing(1));
    expect(plain(alone)[0]).toEqual(one![q]);
    const exact = Array.from({ length: y.rows }, (_, i) => dot(row(x, q), row(y, i)));
    for (let place = 0; place < 50; place++) {
      expect(one![q]!.scores[place]).toBeCloseTo(exact[one![q]!.items[place]!]!, 4);
    }
    expect(new Set(one![q]!.items)).toEqual(new Set(byFullSort(exact, 50, new Set())));
  }
});

it('lists alike for many queries and for one, of any size and with NaN and infinity in them', async () => {
  const scales = [1e-30, 1e-18, 1e-6, 1, 1e6, 1e17];
  const scaled = (m: Matrix): Matrix => ({
    ...m,
    data: m.data.map((value, k) => value * scales[Math.floor(k / m.columns) % scales.length]!),
  });
  const x = scaled(randomMatrix(80, 17, 5));
  const y = scaled(randomMatrix(501, 17, 6));
  x.data[17 * 3] = Number.NaN;
  x.data[17 * 9] = Number.POSITIVE_INFINITY;
  y.data[17 * 7] = Number.NaN;
  y.data[17 * 8 + 2] = Number.NEGATIVE_INFINITY;
  const lists = await kernels.topK(x, y, 30, nothing(80));
  for (let q = 0; q < 80; q++) {
    const alone = await kernels.topK({ rows: 1, columns: 17, data: row(x, q) }, y, 30, nothing(1));
    expect([...lists[q]!.items], `query ${q}`).toEqual([...alone[0]!.items]);
    expect([...lists[q]!.scores]).toEqual([...alone[0]!.scores]);
  }
});

it('scores pairs to the last bit as the scan does', async () => {
  const x = randomMatrix(5, 11, 3);
  const y = randomMatrix(300, 11, 4);
  const lists = await kernels.topK(x, y, 300, nothing(5));
  const indices = Int32Array.from({ length: 300 }, (_, i) => i);
  const shared = await scoreByDot(kernels, x, y, { kind: 'shared', indices });
  const offsets = Uint32Array.of(0, 2, 2, 5, 5, 6);
  const own = Int32Array.of(7, 299, 300, -1, 12, 0);
  const ragged = await scoreByDot(kernels, x, y, { kind: 'ragged', offsets, indices: own });
  for (let q = 0; q < 5; q++) {
    for (let place = 0; place < 300; place++) {
      expect(shared[q * 300 + lists[q]!.items[place]!]).toBe(lists[q]!.scores[place]);
    }
  }
  const at = (q: number, i: number) => shared[q * 300 + i];
  expect([...ragged]).toEqual([at(0, 7), at(0, 299), Number.NaN, Number.NaN, at(2, 12), at(4, 0)]);
});

it('ranks scores that are there already', async () => {
  const scores = { rows: 2, columns: 5, data: Float32Array.of(1, 3, 3, Number.NaN, 2, 5, -Infinity, 4, 9, 4) };
  const limits = { exclude: { offsets: Uint32Array.of(0, 0, 1), values: Int32Array.of(3) } };
  const [a, b] = await topKByScore(kernels, scores, 4, limits);
  expect([...a!.items]).toEqual([1, 2, 4, 0]);
  expect([...b!.items]).toEqual([0, 2, 4, 1]);
});
