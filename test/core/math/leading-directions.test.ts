import { createRng, symmetricEigen } from 'recograph/math';
import { expect, it } from 'vitest';
import { leadingDirections } from '../../../core/math/leading-directions.ts';

const WIDTH = 24;

/** x'x of rows whose coordinates in a random basis fall off by `decay`. */
const gramOf = (decay: number): Float64Array => {
  const rng = createRng(3);
  const basis = symmetricEigen(
    symmetric(() => rng.normal()),
    WIDTH,
  ).vectors;
  const gram = new Float64Array(WIDTH * WIDTH);
  for (let k = 0; k < WIDTH; k++) {
    for (let i = 0; i < WIDTH; i++) {
      for (let j = 0; j < WIDTH; j++)
        gram[i * WIDTH + j]! += decay ** k * basis[i * WIDTH + k]! * basis[j * WIDTH + k]!;
    }
  }
  return gram;
};

const symmetric = (draw: () => number): Float64Array => {
  const matrix = new Float64Array(WIDTH * WIDTH);
  for (let i = 0; i < WIDTH; i++) for (let j = 0; j <= i; j++) matrix[i * WIDTH + j] = matrix[j * WIDTH + i] = draw();
  return matrix;
};

const product = (rows: Float32Array, r: number, s: number): number => {
  let sum = 0;
  for (let k = 0; k < WIDTH; k++) sum += rows[r * WIDTH + k]! * rows[s * WIDTH + k]!;
  return sum;
};

it('finds few orthonormal directions that hold what was asked', () => {
  const gram = gramOf(0.5);
  const { count, data } = leadingDirections(gram, WIDTH, 0.95);
  expect(count).toBe(8); // 1 - .5^8 of the trace lies along the best 8
  let held = 0;
  let trace = 0;
  for (let r = 0; r < count; r++) {
    for (let s = 0; s < count; s++) expect(product(data, r, s)).toBeCloseTo(r === s ? 1 : 0, 6);
    for (let i = 0; i < WIDTH; i++) {
      for (let j = 0; j < WIDTH; j++) held += data[r * WIDTH + i]! * gram[i * WIDTH + j]! * data[r * WIDTH + j]!;
    }
  }
  for (let i = 0; i < WIDTH; i++) trace += gram[i * WIDTH + i]!;
  expect(held / trace).toBeGreaterThan(0.95);
});

it('gives the coordinates where no few directions hold it, as without anything to find', () => {
  for (const gram of [gramOf(1), new Float64Array(WIDTH * WIDTH).fill(Number.NaN)]) {
    const { count, data } = leadingDirections(gram, WIDTH, 0.9);
    expect(count).toBe(WIDTH);
    for (let r = 0; r < WIDTH; r++) for (let s = 0; s < WIDTH; s++) expect(product(data, r, s)).toBe(r === s ? 1 : 0);
  }
});
