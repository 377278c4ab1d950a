import type { ComponentState, Matrix } from 'recograph';
import { type FieldLayout, type Slots, slotSums } from 'recograph/nn';

/** What was learned. Order 1 has vectors of width 0. */
export interface Learned {
  readonly layout: FieldLayout;
  readonly task: 'classification' | 'regression';
  /** Labels were observed, none drawn: scores are probabilities of what was recorded. */
  readonly observed: boolean;
  /** [1]. */
  readonly bias: Float32Array;
  /** [layout.rows x factors]. */
  readonly vectors: Matrix;
  /** [layout.rows]. */
  readonly weights: Float32Array;
}

export const stateOf = ({ layout, task, observed, bias, vectors, weights }: Learned): ComponentState => ({
  json: { layout, task, observed } as unknown as ComponentState['json'],
  tensors: {
    bias: { shape: [1], data: bias },
    vectors: { shape: [vectors.rows, vectors.columns], data: vectors.data },
    weights: { shape: [weights.length], data: weights },
  },
});

export const learnedFrom = ({ json, tensors }: ComponentState): Learned => {
  const [rows, columns] = tensors.vectors!.shape as [number, number];
  return {
    ...(json as unknown as Pick<Learned, 'layout' | 'task' | 'observed'>),
    bias: tensors.bias!.data as Float32Array,
    vectors: { rows, columns, data: tensors.vectors!.data as Float32Array },
    weights: tensors.weights!.data as Float32Array,
  };
};

/**
 * Each row's part of the score from its own features, and the sum of its vectors: the score of two halves of a feature
 * vector is bias + own(a) + own(b) + <sum(a), sum(b)>.
 */
export const halvesOf = ({ vectors, weights }: Learned, slots: Slots): { own: Float32Array; sums: Matrix } => {
  const { linear, vectors: sums, squares } = slotSums(vectors, weights, slots);
  const own = linear.map((weight, r) => {
    let norm = 0;
    for (const x of sums.data.subarray(r * sums.columns, (r + 1) * sums.columns)) norm += x * x;
    return weight + (norm - squares[r]!) / 2;
  });
  return { own, sums };
};
