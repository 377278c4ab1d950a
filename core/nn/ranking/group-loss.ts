import type { LabelledGroups } from '../../spi/index.ts';

export type Groups = Pick<LabelledGroups, 'offsets' | 'labels' | 'weights'>;

/** A loss that is a sum over ranking groups. The mean divides by the sum of `sizes`. */
export interface GroupLoss {
  /** What each group counts; 0 = there is nothing to learn from it, and `at` is not asked. */
  readonly sizes: Float64Array;
  /** The loss of group g by the scores of its rows; writes d loss / d score of each of them. */
  at(group: number, scores: Float64Array, slopes: Float64Array): number;
}

export type LossOf = (groups: Groups) => GroupLoss;

/** log(1 + e^x) without overflow. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
