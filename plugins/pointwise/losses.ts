import { type GroupLoss, type Groups, type LossOf, softplus } from 'recograph/nn';

/** log(1 + exp(-y s)), y = 1 for a label above 0, else -1. */
export const logisticLoss: LossOf = (groups) =>
  pointwise(groups, (score, label) => {
    const sign = label > 0 ? 1 : -1;
    return [softplus(-sign * score), -sign / (1 + Math.exp(sign * score))];
  });

/** (s - label)^2. */
export const squaredLoss: LossOf = (groups) =>
  pointwise(groups, (score, label) => [(score - label) ** 2, 2 * (score - label)]);

/** Each candidate for itself, by its weight; `loss` gives the value and its derivative by the score. */
const pointwise = (
  { offsets, labels, weights }: Groups,
  loss: (score: number, label: number) => readonly [number, number],
): GroupLoss => {
  const sizes = new Float64Array(offsets.length - 1);
  for (let g = 0; g < sizes.length; g++) {
    for (let r = offsets[g]!; r < offsets[g + 1]!; r++) sizes[g]! += weights?.[r] ?? 1;
  }
  return {
    sizes,
    at: (group, scores, slopes) => {
      let sum = 0;
      for (let r = offsets[group]!; r < offsets[group + 1]!; r++) {
        const weight = weights?.[r] ?? 1;
        const [value, slope] = loss(scores[r]!, labels[r]!);
        sum += weight * value;
        slopes[r] = weight * slope;
      }
      return sum;
    },
  };
};
