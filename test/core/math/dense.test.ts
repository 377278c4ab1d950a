import { csrFromTriplets, transpose } from 'recograph';
import { createRng, invertInPlace, sparseGramInto, sparseTimes, squareIn } from 'recograph/math';
import { expect, it } from 'vitest';
import { randomMatrix, solve, withThreads } from './support.ts';

const sparse = (rows: number, columns: number, entries: number, seed: number) => {
  const rng = createRng(seed);
  const at = (bound: number) => Int32Array.from({ length: entries }, () => rng.int(bound));
  const values = Float32Array.from({ length: entries }, () => 1 + rng.int(3));
  return csrFromTriplets(rows, columns, at(rows), at(columns), values);
};

it('inverts symmetric positive definite matrices of any size, alike with one thread and with two', async () => {
  for (const size of [1, 63, 64, 130]) {
    const y = randomMatrix(size, size, size);
    const exact = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => {
        let sum = i === j ? size : 0;
        for (let k = 0; k < size; k++) sum += y.data[k * size + i]! * y.data[k * size + j]!;
        return sum;
      }),
    );
    const [one, two] = await withThreads(async (kernels) => {
      const a = squareIn(kernels.memory(), size);
      for (let i = 0; i < a.stride; i++) {
        if (i < size) a.data.set(exact[i]!, i * a.stride);
        else a.data[i * a.stride + i] = 1;
      }
      await invertInPlace(kernels, a);
      return { stride: a.stride, data: a.data.slice() };
    });
    expect(two!.data).toEqual(one!.data);
    for (const j of [0, size >> 1, size - 1]) {
      const column = solve(
        exact,
        exact.map((_, i) => (i === j ? 1 : 0)),
      );
      for (let i = 0; i < size; i++) expect(Math.abs(one!.data[i * one!.stride + j]! - column[i]!)).toBeLessThan(2e-6);
    }
  }
});

it('answers NaN where a matrix is not positive definite', async () => {
  const [one] = await withThreads(async (kernels) => {
    const a = squareIn(kernels.memory(), 2);
    for (let i = 0; i < a.stride; i++) a.data[i * a.stride + i] = 1;
    a.data[1] = 2;
    a.data[a.stride] = 2;
    await invertInPlace(kernels, a);
    return a.data[0];
  });
  expect(one).toBeNaN();
});

it('multiplies sparse by sparse-transposed and sparse by dense', async () => {
  const x = sparse(40, 90, 700, 3);
  const dense = Array.from({ length: 40 }, (_, r) => {
    const row = new Array<number>(90).fill(0);
    for (let k = x.offsets[r]!; k < x.offsets[r + 1]!; k++) row[x.indices[k]!] = x.values[k]!;
    return row;
  });
  const results = await withThreads(async (kernels) => {
    const memory = kernels.memory();
    const g = squareIn(memory, 90);
    await sparseGramInto(kernels, x, transpose(x), 0.5, g);
    const product = await sparseTimes(kernels, x, g, memory);
    return { stride: g.stride, gram: g.data.slice(), product: product.slice() };
  });
  expect(results[1]).toEqual(results[0]);
  const { stride, gram, product } = results[0]!;
  for (let i = 0; i < 90; i++) {
    for (let j = 0; j < 90; j++) {
      const exact = dense.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? 0.5 : 0);
      expect(gram[i * stride + j]).toBe(exact);
    }
  }
  expect(gram[100 * stride + 100]).toBe(1);
  for (let r = 0; r < 40; r++) {
    for (let j = 0; j < 90; j++) {
      let exact = 0;
      for (let i = 0; i < 90; i++) exact += dense[r]![i]! * gram[i * stride + j]!;
      expect(product[r * stride + j]).toBe(exact); // whole and half numbers: sums are exact
    }
    expect(product[r * stride + 90]).toBeNaN();
  }
});
