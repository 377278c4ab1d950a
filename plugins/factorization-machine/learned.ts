import type { ComponentState, Matrix } from 'recograph';
import type { FieldLayout, Slots } from 'recograph/nn';

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
  const { columns, data } = vectors;
  const own = new Float32Array(slots.rows);
  const sums: Matrix = { rows: slots.rows, columns, data: new Float32Array(slots.rows * columns) };
  for (let r = 0; r < slots.rows; r++) {
    const sum = sums.data.subarray(r * columns, (r + 1) * columns);
    let linear = 0;
    let squares = 0;
    for (let k = r * slots.width; k < (r + 1) * slots.width; k++) {
      const place = slots.places[k]!;
      if (place < 0) continue;
      const factor = slots.factors ? slots.factors[k]! : 1;
      linear += weights[place]! * factor;
      for (let c = 0; c < columns; c++) {
        const x = data[place * columns + c]! * factor;
        sum[c]! += x;
        squares += x * x;
      }
    }
    let norm = 0;
    for (let c = 0; c < columns; c++) norm += sum[c]! * sum[c]!;
    own[r] = linear + (norm - squares) / 2;
  }
  return { own, sums };
};
