import type { Histories } from 'recograph';
import { solveSpd } from 'recograph/math';
import type { Factors } from './factors.ts';

/**
 * Users from their history alone, item side fixed, with x = [item vector, 1] and w = [user vector, user bias] near `start`
 * (default 0). Explicit: the minimum of sum over rated items of (value - mean - item bias - w.x)^2 + regularization
 * |w - start|^2, a ridge regression. Implicit: one Newton step from the start on the same loss as in training, its sampled
 * negatives replaced by their expectation over all items (their curvature by that at w = 0). Gives w; undefined where the
 * history holds nothing to learn from.
 */
export const createFoldIn = (factors: Factors) => {
  const { items, itemBias, mean, explicit, regularization } = factors;
  const size = items.columns + 1;
  const zero = new Float64Array(size);
  const curvature = explicit ? undefined : populationCurvature(factors, size);
  const gradientAtZero = explicit ? undefined : populationGradient(factors, zero);
  const x = new Float64Array(size);

  return (histories: Histories, query: number, start: Float64Array = zero): Float64Array | undefined => {
    const hessian = new Float64Array(size * size);
    const gradient = new Float64Array(size);
    let count = 0;
    for (let k = histories.offsets[query]!; k < histories.offsets[query + 1]!; k++) {
      const item = histories.items[k]!;
      if (item < 0 || item >= items.rows) continue;
      const value = explicit ? histories.values[k]! : histories.weights[k]!;
      if (explicit ? !Number.isFinite(value) : !(value > 0)) continue;
      count++;
      readItem(factors, item, x);
      const base = mean + itemBias[item]! + dot(start, x);
      const chance = sigmoid(base);
      addOuter(hessian, x, explicit ? 1 : chance * (1 - chance));
      const residual = explicit ? value - base : 1 - chance;
      for (let c = 0; c < size; c++) gradient[c]! += residual * x[c]!;
    }
    if (count === 0) return undefined;
    let examples = count;
    if (curvature && gradientAtZero) {
      const share = (count * factors.negatives) / items.rows;
      const pull = start === zero ? gradientAtZero : populationGradient(factors, start);
      for (let c = 0; c < hessian.length; c++) hessian[c]! += share * curvature[c]!;
      for (let c = 0; c < size; c++) gradient[c]! -= share * pull[c]!;
      examples = count * (1 + factors.negatives);
    }
    const ridge = Math.max(regularization * examples * (explicit ? 1 : 2), 1e-6);
    for (let c = 0; c < size; c++) hessian[c * size + c]! += ridge;
    return solveSpd(hessian, gradient, size, 1)?.map((step, c) => start[c]! + step);
  };
};

/** Sum over all items at w = 0 of chance (1 - chance) x x'. */
const populationCurvature = (factors: Factors, size: number): Float64Array => {
  const hessian = new Float64Array(size * size);
  const x = new Float64Array(size);
  for (let item = 0; item < factors.items.rows; item++) {
    readItem(factors, item, x);
    const chance = sigmoid(factors.mean + factors.itemBias[item]!);
    addOuter(hessian, x, chance * (1 - chance));
  }
  return hessian;
};

/** Sum over all items at w of chance x. */
const populationGradient = (factors: Factors, w: Float64Array): Float64Array => {
  const gradient = new Float64Array(w.length);
  const x = new Float64Array(w.length);
  for (let item = 0; item < factors.items.rows; item++) {
    readItem(factors, item, x);
    const chance = sigmoid(factors.mean + factors.itemBias[item]! + dot(w, x));
    for (let c = 0; c < w.length; c++) gradient[c]! += chance * x[c]!;
  }
  return gradient;
};

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!;
  return sum;
};

const readItem = ({ items }: Factors, item: number, x: Float64Array): void => {
  for (let c = 0; c < items.columns; c++) x[c] = items.data[item * items.columns + c]!;
  x[items.columns] = 1;
};

/** Adds weight x x' to the lower triangle, which is all that the solver reads. */
const addOuter = (matrix: Float64Array, x: Float64Array, weight: number): void => {
  const size = x.length;
  for (let r = 0; r < size; r++) {
    const scaled = weight * x[r]!;
    for (let c = 0; c <= r; c++) matrix[r * size + c]! += scaled * x[c]!;
  }
};

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
