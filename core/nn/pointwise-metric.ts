/**
 * What early stopping of a pointwise model watches, larger is better: the area under the ROC curve (share of (1, 0) pairs
 * in the right order, a tie counting one half) for classification, - mean squared error for regression.
 */
export const pointwiseMetric = (
  task: 'classification' | 'regression',
  scores: Float32Array,
  targets: Float32Array,
): number => (task === 'regression' ? -meanSquaredError(scores, targets) : areaUnderCurve(scores, targets));

const meanSquaredError = (scores: Float32Array, targets: Float32Array): number => {
  let sum = 0;
  for (let r = 0; r < scores.length; r++) sum += (scores[r]! - targets[r]!) ** 2;
  return sum / scores.length;
};

/** By ranks: Mann-Whitney U / (positives * negatives). One half where one of the labels is missing. */
const areaUnderCurve = (scores: Float32Array, labels: Float32Array): number => {
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  let wins = 0;
  let positives = 0;
  let negatives = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    let [ones, zeros] = [0, 0];
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) {
      if (labels[order[to]!] === 1) ones++;
      else zeros++;
    }
    wins += ones * (negatives + zeros / 2);
    positives += ones;
    negatives += zeros;
  }
  return positives === 0 || negatives === 0 ? 0.5 : wins / (positives * negatives);
};
