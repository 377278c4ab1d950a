import type { LossOf } from 'recograph/nn';

/**
 * -sum over candidates y of t(y) log p(y), p(y) = exp(s(y)) / Z, t = label * weight scaled to sum 1 (ListNet's top-one
 * cross entropy, Cao et al. 2007). Groups without a positive do not count.
 */
export const softmaxLoss: LossOf = ({ offsets, labels, weights }) => {
  const targets = Float64Array.from(labels, (label, r) => Math.max(0, label) * (weights?.[r] ?? 1));
  const totals = new Float64Array(offsets.length - 1);
  for (let g = 0; g < totals.length; g++) {
    for (let r = offsets[g]!; r < offsets[g + 1]!; r++) totals[g]! += targets[r]!;
  }
  return {
    sizes: totals.map((total) => (total > 0 ? 1 : 0)),
    at: (group, scores, slopes) => {
      const from = offsets[group]!;
      const to = offsets[group + 1]!;
      let best = Number.NEGATIVE_INFINITY;
      for (let r = from; r < to; r++) best = Math.max(best, scores[r]!);
      let z = 0;
      for (let r = from; r < to; r++) z += Math.exp(scores[r]! - best);
      const logZ = best + Math.log(z);
      let loss = 0;
      for (let r = from; r < to; r++) {
        const target = targets[r]! / totals[group]!;
        if (target > 0) loss -= target * (scores[r]! - logZ);
        slopes[r] = Math.exp(scores[r]! - logZ) - target;
      }
      return loss;
    },
  };
};
