import type { Scalar, Tensor, Tf } from '../spi/index.ts';

/** Mean squared error: mean w (p - y)^2, w = 1 without weights. */
export const mse = (tf: Tf, predictions: Tensor, targets: Tensor, weights?: Tensor): Scalar => {
  const errors = tf.squaredDifference(predictions, targets);
  return tf.mean(weights ? tf.mul(errors, weights) : errors);
};

/** Binary cross-entropy of logits x against labels y in [0, 1]: mean w (log(1 + e^x) - x y), w = 1 without weights. */
export const bce = (tf: Tf, logits: Tensor, labels: Tensor, weights?: Tensor): Scalar => {
  const weighted = (values: Tensor, w: Tensor | undefined): Tensor => (w ? tf.mul(values, w) : values);
  const loss = tf.customGrad((x, save) => {
    const logit = x as Tensor;
    (save as (tensors: Tensor[]) => void)(weights ? [logit, labels, weights] : [logit, labels]);
    return {
      value: tf.mean(weighted(tf.sub(tf.softplus(logit), tf.mul(logit, labels)), weights)),
      gradFunc: (dy: Tensor, [x, y, w]: Tensor[]) =>
        tf.mul(weighted(tf.sub(tf.sigmoid(x!), y!), w), tf.div(dy, logit.size)),
    };
  });
  return loss(logits) as Scalar;
};

/** Bayesian personalised ranking (Rendle et al. 2009): mean -log sigmoid(positive - negative). */
export const bpr = (tf: Tf, positives: Tensor, negatives: Tensor): Scalar => {
  const loss = tf.customGrad((x, save) => {
    const margin = x as Tensor;
    (save as (tensors: Tensor[]) => void)([margin]);
    return {
      value: tf.mean(tf.softplus(tf.neg(margin))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(tf.sub(tf.sigmoid(saved[0]!), 1), tf.div(dy, margin.size)),
    };
  });
  return loss(tf.sub(positives, negatives)) as Scalar;
};

/** Softmax cross-entropy: mean over rows of -log softmax(logits)[label]. logits [rows x classes], labels int32 [rows]. */
export const softmaxCrossEntropy = (tf: Tf, logits: Tensor, labels: Tensor): Scalar => {
  const [rows, classes] = logits.shape as [number, number];
  const loss = tf.customGrad((x, save) => {
    const logit = x as Tensor;
    const shifted = tf.sub(logit, tf.max(logit, 1, true));
    const exponentials = tf.exp(shifted);
    const totals = tf.sum(exponentials, 1, true);
    const targets = tf.oneHot(tf.cast(labels, 'int32') as never, classes, 1, 0, 'float32');
    const chosen = tf.sum(tf.mul(shifted, targets), 1, true);
    (save as (tensors: Tensor[]) => void)([tf.div(exponentials, totals), targets]);
    return {
      value: tf.mean(tf.sub(tf.log(totals), chosen)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(tf.sub(saved[0]!, saved[1]!), tf.div(dy, rows)),
    };
  });
  return loss(logits) as Scalar;
};

/**
 * Multinomial negative log-likelihood: mean over rows of - sum_i x_i log softmax(f)_i (Liang et al. 2018, eq. 2).
 * logits f and counts x are [rows x items].
 */
export const multinomial = (tf: Tf, logits: Tensor, counts: Tensor): Scalar => {
  const rows = logits.shape[0]!;
  const loss = tf.customGrad((x, save) => {
    const logit = x as Tensor;
    const shifted = tf.sub(logit, tf.max(logit, 1, true));
    const exponentials = tf.exp(shifted);
    const totals = tf.sum(exponentials, 1, true);
    const sizes = tf.sum(counts, 1, true);
    const value = tf.sub(tf.sum(tf.mul(sizes, tf.log(totals))), tf.sum(tf.mul(counts, shifted)));
    (save as (tensors: Tensor[]) => void)([exponentials, tf.div(sizes, totals), counts]);
    return {
      value: tf.div(value, rows),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [exponentials, scales, given] = saved as [Tensor, Tensor, Tensor];
        return tf.mul(tf.sub(tf.mul(exponentials, scales), given), tf.div(dy, rows));
      },
    };
  });
  return loss(logits) as Scalar;
};

/**
 * Softmax over the positive and sampled negatives, each logit corrected by - log Q (Bengio & Senecal 2008;
 * Yi et al. 2019, eq. 3) so that often-sampled items are not pushed down for it. positives [rows],
 * negatives [rows x k]; the log Q are log probabilities of being drawn, of the same shapes.
 */
export const sampledSoftmax = (
  tf: Tf,
  positives: Tensor,
  negatives: Tensor,
  logQ?: { readonly positives: Tensor; readonly negatives: Tensor },
): Scalar => {
  const first = tf.expandDims(logQ ? tf.sub(positives, logQ.positives) : positives, 1);
  const others = logQ ? tf.sub(negatives, logQ.negatives) : negatives;
  const labels = tf.zeros([positives.shape[0]!], 'int32');
  return softmaxCrossEntropy(tf, tf.concat([first, others], 1), labels);
};

/**
 * Mean over rows of the squared L2 norm, summed over the tensors: what L2 regularization multiplies. `shares[k]`, which
 * broadcasts over tensor k, says how much each number's square counts; without one all count 1.
 */
export const squaredNorm = (
  tf: Tf,
  tensors: readonly Tensor[],
  shares: readonly (Tensor | undefined)[] = [],
): Scalar => {
  const parts = tensors.map((tensor, k) => {
    const squares = tf.square(tensor);
    return tf.div(tf.sum(shares[k] ? tf.mul(squares, shares[k]) : squares), tensor.shape[0] ?? 1) as Scalar;
  });
  return parts.length === 1 ? parts[0]! : (tf.addN(parts) as Scalar);
};

/** The largest of the squared row norms [rows], its gradient given to one row alone: ||U||_{2,inf}^2 of their matrix U. */
export const largestOf = (tf: Tf, squaredNorms: Tensor): Scalar => {
  const largest = tf.customGrad((x, save) => {
    const norms = x as Tensor;
    (save as (tensors: Tensor[]) => void)([norms]);
    return {
      value: tf.max(norms),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) =>
        tf.mul(dy, tf.oneHot(tf.argMax(saved!), saved!.size, 1, 0, 'float32')),
    };
  });
  return largest(squaredNorms) as Scalar;
};
