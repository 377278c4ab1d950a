import type { PointMetric, ScoredRows } from '../../spi/index.ts';

/** A weighted mean of one loss a row. */
const meanOf = (losses: Float64Array, finish = (mean: number): number => mean) => {
  return (weights: Float64Array): number => {
    let sum = 0;
    let total = 0;
    for (let r = 0; r < losses.length; r++) {
      const loss = losses[r]!;
      if (loss !== loss) continue;
      sum += weights[r]! * loss;
      total += weights[r]!;
    }
    return total === 0 ? Number.NaN : finish(sum / total);
  };
};

/** sqrt(mean (score - value)^2) over rows with a value. */
export const rmse: PointMetric = {
  over: 'rows',
  lowerIsBetter: true,
  needs: 'value',
  prepare: ({ scores, values }) =>
    meanOf(
      Float64Array.from(scores, (s, r) => (s - values[r]!) ** 2),
      Math.sqrt,
    ),
};

/** mean |score - value| over rows with a value. */
export const mae: PointMetric = {
  over: 'rows',
  lowerIsBetter: true,
  needs: 'value',
  prepare: ({ scores, values }) => meanOf(Float64Array.from(scores, (s, r) => Math.abs(s - values[r]!))),
};

/** Spacing of single-precision numbers at 1: the nearest a probability may come to 0 or 1. */
const EPSILON = 2 ** -23;

/** -mean of ln p of the label that was seen (natural logarithm), p clipped to [2^-23, 1 - 2^-23]. */
export const logloss: PointMetric = {
  over: 'rows',
  lowerIsBetter: true,
  needs: 'probability',
  prepare: ({ scores, labels }) =>
    meanOf(
      Float64Array.from(scores, (score, r) => {
        const p = Math.min(1 - EPSILON, Math.max(EPSILON, score));
        return -Math.log(labels[r] === 1 ? p : 1 - p);
      }),
    ),
};

/** Share of rows where (probability > 0.5) equals the label; exactly 0.5 says "not a positive". */
export const accuracy: PointMetric = {
  over: 'rows',
  needs: 'probability',
  prepare: ({ scores, labels }) => meanOf(Float64Array.from(scores, (s, r) => (s > 0.5 === (labels[r] === 1) ? 1 : 0))),
};

/**
 * Probability that a random positive row scores above a random negative one, a tie counting one half
 * (Mann-Whitney U / (P N)). Undefined without a row of each label.
 */
export const auc: PointMetric = {
  over: 'rows',
  prepare: ({ scores, labels }: ScoredRows) => {
    const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
    return (weights) => {
      let negatives = 0;
      let positives = 0;
      let wins = 0;
      for (let start = 0; start < order.length; ) {
        let tiedPositives = 0;
        let tiedNegatives = 0;
        let end = start;
        for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
          const row = order[end]!;
          if (labels[row] === 1) tiedPositives += weights[row]!;
          else tiedNegatives += weights[row]!;
        }
        wins += tiedPositives * (negatives + tiedNegatives / 2);
        positives += tiedPositives;
        negatives += tiedNegatives;
        start = end;
      }
      return positives === 0 || negatives === 0 ? Number.NaN : wins / (positives * negatives);
    };
  },
};
