import type { LabelledGroups } from 'recograph';
import type { Objective } from './lbfgs.ts';

export interface LinearProblem {
  /** [rows x width]. */
  readonly inputs: Float32Array;
  readonly width: number;
  readonly groups: Pick<LabelledGroups, 'offsets' | 'labels' | 'weights'>;
  readonly regularization: number;
}

/** The loss of a row's or a group's scores; writes d loss / d score of every row. */
type ScoreLoss = (scores: Float64Array, slopes: Float64Array) => number;

/** Parameters: `width` weights, then the bias. The bias is not regularised. Loss = score loss + lambda/2 |w|^2. */
export const linearObjective = (problem: LinearProblem, loss: 'softmax' | 'logistic'): Objective => {
  const { inputs, width, regularization } = problem;
  const rows = problem.groups.labels.length;
  const scores = new Float64Array(rows);
  const slopes = new Float64Array(rows);
  const scoreLoss = loss === 'softmax' ? softmaxLoss(problem.groups) : logisticLoss(problem.groups);
  return (parameters, gradient) => {
    const bias = parameters[width]!;
    for (let r = 0; r < rows; r++) {
      let sum = bias;
      for (let c = 0; c < width; c++) sum += parameters[c]! * inputs[r * width + c]!;
      scores[r] = sum;
    }
    let value = scoreLoss(scores, slopes);
    gradient.fill(0);
    for (let r = 0; r < rows; r++) {
      const slope = slopes[r]!;
      if (slope === 0) continue;
      for (let c = 0; c < width; c++) gradient[c]! += slope * inputs[r * width + c]!;
      gradient[width]! += slope;
    }
    for (let c = 0; c < width; c++) {
      value += 0.5 * regularization * parameters[c]! ** 2;
      gradient[c]! += regularization * parameters[c]!;
    }
    return value;
  };
};

/**
 * Mean over groups of -sum over candidates y of t(y) log p(y), p(y) = exp(s(y)) / Z, t = label * weight scaled to
 * sum 1 (ListNet's top-one cross entropy, Cao et al. 2007). Groups without a positive do not count.
 */
const softmaxLoss = ({ offsets, labels, weights }: LinearProblem['groups']): ScoreLoss => {
  const targets = Float64Array.from(labels, (label, r) => Math.max(0, label) * (weights?.[r] ?? 1));
  const totals = new Float64Array(offsets.length - 1);
  let counted = 0;
  for (let g = 0; g < totals.length; g++) {
    for (let r = offsets[g]!; r < offsets[g + 1]!; r++) totals[g]! += targets[r]!;
    if (totals[g]! > 0) counted++;
  }
  return (scores, slopes) => {
    let loss = 0;
    slopes.fill(0);
    for (let g = 0; g < totals.length; g++) {
      if (!(totals[g]! > 0)) continue;
      const from = offsets[g]!;
      const to = offsets[g + 1]!;
      let best = Number.NEGATIVE_INFINITY;
      for (let r = from; r < to; r++) best = Math.max(best, scores[r]!);
      let z = 0;
      for (let r = from; r < to; r++) z += Math.exp(scores[r]! - best);
      const logZ = best + Math.log(z);
      for (let r = from; r < to; r++) {
        const target = targets[r]! / totals[g]!;
        if (target > 0) loss -= (target * (scores[r]! - logZ)) / counted;
        slopes[r] = (Math.exp(scores[r]! - logZ) - target) / counted;
      }
    }
    return loss;
  };
};

/** Weighted mean over candidates of log(1 + exp(-y s)), y = 1 for a label above 0, else -1. */
const logisticLoss = ({ labels, weights }: LinearProblem['groups']): ScoreLoss => {
  let total = 0;
  for (let r = 0; r < labels.length; r++) total += weights?.[r] ?? 1;
  return (scores, slopes) => {
    let loss = 0;
    for (let r = 0; r < scores.length; r++) {
      const weight = (weights?.[r] ?? 1) / total;
      const sign = labels[r]! > 0 ? 1 : -1;
      const margin = sign * scores[r]!;
      loss += weight * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))));
      slopes[r] = (-sign * weight) / (1 + Math.exp(margin));
    }
    return loss;
  };
};
