import type { Histories } from 'recograph';
import { solveSpd } from 'recograph/math';
import type { Factors } from './factors.ts';

/** A user's side of a score: `offset` (mean and user bias) and vector. */
export interface FoldedUser {
  readonly offset: number;
  readonly vector: Float64Array;
}

/**
 * Users from their history alone, item side fixed, with x = [item vector, 1] and w = [user vector, user bias].
 * Explicit: the minimum of sum over rated items of (value - mean - item bias - w.x)^2 + regularization |w|^2,
 * a ridge regression. Implicit: one Newton step from w = 0 on the same loss as in training, its sampled
 * negatives replaced by their expectation over all items. undefined where the history holds nothing to learn from.
 */
export const createFoldIn = (factors: Factors) => {
  const { items, itemBias, mean, explicit, regularization } = factors;
  const size = items.columns + 1;
  const population = explicit ? undefined : populationOf(factors, size);
  const x = new Float64Array(size);

  return (histories: Histories, query: number): FoldedUser | undefined => {
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
      const base = mean + itemBias[item]!;
      const chance = sigmoid(base);
      addOuter(hessian, x, explicit ? 1 : chance * (1 - chance));
      const residual = explicit ? value - base : 1 - chance;
      for (let c = 0; c < size; c++) gradient[c]! += residual * x[c]!;
    }
    if (count === 0) return undefined;
    let examples = count;
    if (population) {
      const share = (count * factors.negatives) / items.rows;
      for (let c = 0; c < hessian.length; c++) hessian[c]! += share * population.hessian[c]!;
      for (let c = 0; c < size; c++) gradient[c]! -= share * population.gradient[c]!;
      examples = count * (1 + factors.negatives);
    }
    const ridge = Math.max(regularization * examples * (explicit ? 1 : 2), 1e-6);
    for (let c = 0; c < size; c++) hessian[c * size + c]! += ridge;
    const weights = solveSpd(hessian, gradient, size, 1);
    if (!weights) return undefined;
    return { offset: mean + weights[size - 1]!, vector: weights.subarray(0, size - 1) };
  };
};

/** Sums over all items at w = 0 of chance x and chance (1 - chance) x x'. */
const populationOf = (factors: Factors, size: number) => {
  const hessian = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  const x = new Float64Array(size);
  for (let item = 0; item < factors.items.rows; item++) {
    readItem(factors, item, x);
    const chance = sigmoid(factors.mean + factors.itemBias[item]!);
    addOuter(hessian, x, chance * (1 - chance));
    for (let c = 0; c < size; c++) gradient[c]! += chance * x[c]!;
  }
  return { hessian, gradient };
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
