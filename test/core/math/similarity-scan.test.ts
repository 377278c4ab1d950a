import { createKernels, similarityScan } from 'recograph/math';
import { afterAll, expect, it } from 'vitest';

const kernels = createKernels({ threads: 1 });
afterAll(() => kernels.dispose());

/** (3, 4), (0, 2), nothing, (6, 8). */
const rows = { rows: 4, columns: 2, data: Float32Array.of(3, 4, 0, 2, Number.NaN, Number.NaN, 6, 8) };
const first = { rows: 1, columns: 2, data: rows.data.subarray(0, 2) };
const without = (...items: number[]) => ({
  exclude: { offsets: Uint32Array.of(0, items.length), values: Int32Array.from(items) },
});

it.each([
  // |(3, 4) - (0, 2)| = sqrt(13), |(3, 4) - (6, 8)| = 5
  ['euclidean', [1, 3], [-Math.sqrt(13), -5]],
  ['cosine', [3, 1], [1, 0.8]],
  ['inner-product', [3, 1], [50, 8]],
] as const)(
  '%s: the most similar rows that the limits leave, and how similar they are',
  async (kind, items, scores) => {
    const scan = similarityScan(kernels, kind, rows);
    const [list] = await scan.topK(first, 3, without(0));
    expect(Array.from(list!.items)).toEqual(items);
    scores.forEach((score, k) => {
      expect(list!.scores[k]).toBeCloseTo(score, 4);
    });
    expect((await scan.score(first, Int32Array.from(items)))[0]).toBeCloseTo(scores[0], 4);
    scan.dispose();
  },
);

it('answers what was asked before it was disposed of', async () => {
  const scan = similarityScan(kernels, 'cosine', rows);
  const asked = scan.topK(first, 1, without(0));
  scan.dispose();
  expect(Array.from((await asked)[0]!.items)).toEqual([3]);
});
