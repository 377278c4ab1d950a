import { type GroupLoss, type Groups, type LossOf, softplus } from 'recograph/nn';

/**
 * RankNet (Burges et al. 2005): the mean of log(1 + exp(-(s_better - s_worse))) over the pairs of all groups, each by
 * the weight of its better one. So a group counts by its pairs.
 */
export const rankNet: LossOf = ({ offsets, labels, weights }) => {
  const weightOf = (better: number): number => weights?.[better] ?? 1;
  const sizes = new Float64Array(offsets.length - 1);
  for (let g = 0; g < sizes.length; g++) {
    eachPair(labels, offsets[g]!, offsets[g + 1]!, (better) => {
      sizes[g]! += weightOf(better);
    });
  }
  return {
    sizes,
    at: (group, scores, slopes) => {
      const [from, to] = [offsets[group]!, offsets[group + 1]!];
      let sum = 0;
      slopes.fill(0, from, to);
      eachPair(labels, from, to, (better, worse) => {
        const weight = weightOf(better);
        sum += weight * pull(scores, slopes, better, worse, weight);
      });
      return sum;
    },
  };
};

/**
 * LambdaRank (Burges et al. 2006): RankNet's gradient of a pair times how much NDCG changes when the two swap places,
 * |2^l_better - 2^l_worse| |1/log2(1 + rank_better) - 1/log2(1 + rank_worse)| / IDCG, summed over a group's pairs, the
 * mean over groups. The swap's size counts as a constant.
 */
export const lambdaRank: LossOf = (groups) => {
  const { offsets, labels, weights } = groups;
  return pairwise(groups, (group, scores, slopes) => {
    const [from, to] = [offsets[group]!, offsets[group + 1]!];
    const discounts = discountsOf(from, to, (r) => scores[r]!);
    const ideal = discountsOf(from, to, (r) => labels[r]!);
    let best = 0;
    for (let r = from; r < to; r++) best += (2 ** labels[r]! - 1) * ideal[r - from]!;
    let sum = 0;
    slopes.fill(0, from, to);
    eachPair(labels, from, to, (better, worse) => {
      const gain = 2 ** labels[better]! - 2 ** labels[worse]!;
      const swap = (gain * Math.abs(discounts[better - from]! - discounts[worse - from]!)) / best;
      const weight = swap * (weights?.[better] ?? 1);
      sum += weight * pull(scores, slopes, better, worse, weight);
    });
    return sum;
  });
};

/** A group counts 1 where two of its labels differ. */
const pairwise = ({ offsets, labels }: Groups, at: GroupLoss['at']): GroupLoss => {
  const sizes = new Float64Array(offsets.length - 1);
  for (let g = 0; g < sizes.length; g++) {
    for (let r = offsets[g]! + 1; r < offsets[g + 1]!; r++) if (labels[r] !== labels[offsets[g]!]) sizes[g] = 1;
  }
  return { sizes, at };
};

/** Pairs whose labels differ. Most candidates have label 0: only the others look for those below them. */
const eachPair = (
  labels: Float32Array,
  from: number,
  to: number,
  visit: (better: number, worse: number) => void,
): void => {
  for (let better = from; better < to; better++) {
    if (!(labels[better]! > 0)) continue;
    for (let worse = from; worse < to; worse++) if (labels[worse]! < labels[better]!) visit(better, worse);
  }
};

/** log(1 + exp(-margin)) of a pair; adds its gradient, times `weight`, to the slopes of the two. */
const pull = (scores: Float64Array, slopes: Float64Array, better: number, worse: number, weight: number): number => {
  const margin = scores[better]! - scores[worse]!;
  const slope = weight / (1 + Math.exp(margin));
  slopes[better]! -= slope;
  slopes[worse]! += slope;
  return softplus(-margin);
};

/** 1 / log2(1 + rank) of each row by falling `value`, ties by place. */
const discountsOf = (from: number, to: number, value: (row: number) => number): Float64Array => {
  const order = Array.from({ length: to - from }, (_, k) => from + k).sort((a, b) => value(b) - value(a) || a - b);
  const discounts = new Float64Array(to - from);
  order.forEach((row, rank) => {
    discounts[row - from] = 1 / Math.log2(rank + 2);
  });
  return discounts;
};
