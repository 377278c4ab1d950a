import fc from 'fast-check';
import { solveSpd, symmetricEigen } from 'recograph/math';
import { describe, expect, it } from 'vitest';

/** B'B + I/10 of a random B [n x n]: symmetric, positive definite. */
const spd = fc.integer({ min: 1, max: 6 }).chain((n) =>
  fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: n * n, maxLength: n * n }).map((b) => {
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < n; k++) a[i * n + j]! += b[k * n + i]! * b[k * n + j]!;
      }
      a[i * n + i]! += 0.1;
    }
    return { a, n };
  }),
);

const multiply = (a: Float64Array, b: Float64Array, n: number, m: number): number[] => {
  const result: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * m + j]!;
      result.push(sum);
    }
  }
  return result;
};

const expectClose = (actual: readonly number[], expected: ArrayLike<number>) =>
  actual.forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k]!, 7);
  });

describe('symmetricEigen', () => {
  it('gives 3 and 1 with (1, 1) and (1, -1) for [[2, 1], [1, 2]]', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expectClose([...values], [3, 1]);
    expect(vectors[0]! / vectors[2]!).toBeCloseTo(1, 12);
    expect(vectors[1]! / vectors[3]!).toBeCloseTo(-1, 12);
  });

  it('satisfies A v = lambda v with orthonormal v, descending', () => {
    fc.assert(
      fc.property(spd, ({ a, n }) => {
        const { values, vectors } = symmetricEigen(a, n);
        expectClose(
          multiply(a, vectors, n, n),
          vectors.map((v, k) => v * values[k % n]!),
        );
        const flipped = Float64Array.from(vectors, (_, k) => vectors[(k % n) * n + Math.floor(k / n)]!);
        expectClose(
          multiply(flipped, vectors, n, n),
          vectors.map((_, k) => (k % n === Math.floor(k / n) ? 1 : 0)),
        );
        expect([...values].sort((x, y) => y - x)).toEqual([...values]);
      }),
    );
  });
});

describe('solveSpd', () => {
  it('solves [[4, 2], [2, 3]] x = (8, 7) by (1.25, 1.5)', () => {
    expectClose([...solveSpd(Float64Array.of(4, 2, 2, 3), Float64Array.of(8, 7), 2, 1)!], [1.25, 1.5]);
  });

  it('satisfies A X = B', () => {
    fc.assert(
      fc.property(spd, ({ a, n }) => {
        const b = Float64Array.from({ length: n * 2 }, (_, k) => k - 1);
        expectClose(multiply(a, solveSpd(a, b, n, 2)!, n, 2), b);
      }),
    );
  });

  it('answers undefined for a matrix that is not positive definite', () => {
    expect(solveSpd(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1), 2, 1)).toBeUndefined();
  });
});
