import type { ComponentState, Matrix } from 'recograph';
import type { Batch } from './examples.ts';

/** What was learned. A user whose row is all zeros was not trained. */
export interface Factors {
  readonly explicit: boolean;
  /** Explicit: the mean value; implicit: the log odds of a positive among the sampled examples. */
  readonly mean: number;
  readonly regularization: number;
  readonly negatives: number;
  /** The newest event it was trained on, ms. */
  readonly until: number;
  readonly users: Matrix;
  readonly items: Matrix;
  readonly userBias: Float32Array;
  readonly itemBias: Float32Array;
}

export const stateOf = (factors: Factors): ComponentState => {
  const { explicit, mean, regularization, negatives, until, users, items, userBias, itemBias } = factors;
  return {
    json: { explicit, mean, regularization, negatives, until },
    tensors: {
      users: { shape: [users.rows, users.columns], data: users.data },
      items: { shape: [items.rows, items.columns], data: items.data },
      userBias: { shape: [users.rows], data: userBias },
      itemBias: { shape: [items.rows], data: itemBias },
    },
  };
};

export const factorsFrom = (state: ComponentState): Factors => {
  const matrix = (name: string): Matrix => {
    const { shape, data } = state.tensors[name]!;
    return { rows: shape[0]!, columns: shape[1]!, data: data as Float32Array };
  };
  const json = state.json as unknown as Pick<Factors, 'explicit' | 'mean' | 'regularization' | 'negatives' | 'until'>;
  return {
    ...json,
    users: matrix('users'),
    items: matrix('items'),
    userBias: state.tensors.userBias!.data as Float32Array,
    itemBias: state.tensors.itemBias!.data as Float32Array,
  };
};

/** Mean squared error (explicit) or cross-entropy (implicit) on a batch, without regularization. */
export const lossOf = (factors: Factors, batch: Batch): number => {
  const { users, items, userBias, itemBias, mean } = factors;
  let total = 0;
  for (let k = 0; k < batch.targets.length; k++) {
    const user = batch.users[k]!;
    const item = batch.items[k]!;
    let score = mean + userBias[user]!;
    if (item >= 0) score += itemBias[item]! + dot(users, user, items, item);
    const target = batch.targets[k]!;
    total += factors.explicit
      ? (score - target) ** 2
      : Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - score * target;
  }
  return total / batch.targets.length;
};

const dot = (a: Matrix, rowA: number, b: Matrix, rowB: number): number => {
  let sum = 0;
  for (let c = 0; c < a.columns; c++) sum += a.data[rowA * a.columns + c]! * b.data[rowB * b.columns + c]!;
  return sum;
};
