import type { Dataset, FitOptions, Kernels, Rng, Tensor, TensorRuntime } from '../../spi/index.ts';
import { type Feeds, lookup } from '../feeds.ts';
import { bce } from '../losses.ts';
import { uniformNegatives } from '../negatives.ts';
import { type TrainResult, train } from '../train.ts';
import { type TrainingConfig, trainingOptions } from '../training-config.ts';
import type { Augmentation } from './augment.ts';
import type { NextItemNetwork } from './encoder.ts';
import { positiveSequences } from './histories.ts';
import { layoutOf, type SequenceRows } from './layout.ts';
import { nextItemTraining } from './next-item-fields.ts';
import { hitsOf, sharedSoftmax } from './next-item-loss.ts';
import { nextItemValidation } from './next-item-validation.ts';
import { type NextItemBatch, packAugmented, packNextItems } from './pack.ts';
import { windowsOf } from './windows.ts';

/** Its `batchSize` counts sequences. */
export interface NextItemConfig extends TrainingConfig {
  /**
   * `softmax`: cross-entropy over all items; `sampled-softmax`: over the item and `negatives` uniformly drawn ones,
   * shared by a batch; `bce`: the item against one that the user has not taken (Kang & McAuley 2018, eq. 6).
   */
  readonly loss: 'softmax' | 'sampled-softmax' | 'bce';
  readonly negatives: number;
  /** What is learned of a sequence longer than the network reads: its newest steps, or all, window by window. */
  readonly windows?: 'newest' | 'all';
  /** See `augment`; without any, sequences are learned as they are. */
  readonly augment?: readonly Augmentation[];
}

/**
 * Learns to tell every step of every user's sequence from its past, all steps at once, sequences packed. Stops early
 * on NDCG@10 of the validation part, where one is given.
 */
export const trainNextItem = async (
  { runtime, kernels }: { readonly runtime: TensorRuntime; readonly kernels: Kernels },
  network: NextItemNetwork,
  config: NextItemConfig,
  data: Dataset,
  fit: FitOptions,
): Promise<TrainResult> => {
  const { items, encoder, length } = network;
  const sequences = positiveSequences(data);
  const { augment: ways = [], windows = 'newest' } = config;
  const learned = windowsOf(sequences, windows === 'all' ? length : Number.POSITIVE_INFINITY);
  const rivals = rivalsOf(network, config, data);
  const validation =
    fit.validation &&
    nextItemValidation(runtime, kernels, network, sequences, fit.validation, fit.rng.fork('validation'));
  /** The batch whose loss is taken next. */
  let inputs: SequenceRows | undefined;
  return train({
    runtime,
    parameters: [items, ...encoder.parameters],
    ...trainingOptions(config, nextItemTraining),
    examples: learned.rows.length,
    fit,
    ...(validation && { validate: validation }),
    batch: (rows, { rng }) => {
      const batch =
        ways.length === 0
          ? packNextItems(learned.sequences, rows, length)
          : packAugmented(learned.sequences, rows, length, ways, rng);
      inputs = batch.inputs;
      return {
        x: lookup(items, batch.inputs.items),
        places: batch.places,
        target: lookup(items, batch.targets),
        ...rivals.feeds({ ...batch, owners: batch.owners.map((row) => learned.rows[row]!) }, rng),
      };
    },
    loss: (given, pass) => {
      const { x, places, target, rival, hits } = given as Record<string, Tensor>;
      const { tf } = pass;
      const hidden = tf.gather(encoder.encode(pass, x!, layoutOf(tf, inputs!)), places as never);
      return rivals.loss(pass.tf, hidden, target!, rival!, hits);
    },
  });
};

/** What the item that came next is held against. */
interface Rivals {
  feeds(batch: NextItemBatch, rng: Rng): Feeds;
  loss(tf: TensorRuntime['tf'], hidden: Tensor, target: Tensor, rival: Tensor, hits: Tensor | undefined): Tensor;
}

const rivalsOf = ({ items }: NextItemNetwork, { loss, negatives }: NextItemConfig, data: Dataset): Rivals => {
  if (loss === 'bce') {
    const sampler = uniformNegatives(data.positives());
    return {
      feeds: ({ owners }, rng) => ({
        rival: lookup(
          items,
          owners.map((user) => sampler.draw(user, rng)),
        ),
      }),
      loss: (tf, hidden, target, rival) => {
        const logits = tf.concat([tf.sum(tf.mul(hidden, target), 1), tf.sum(tf.mul(hidden, rival), 1)], 0);
        const steps = hidden.shape[0]!;
        return tf.mul(2, bce(tf, logits, tf.concat([tf.ones([steps]), tf.zeros([steps])], 0)));
      },
    };
  }
  const all = Int32Array.from({ length: items.rows }, (_, item) => item);
  const draw = (rng: Rng): Int32Array => Int32Array.from({ length: negatives }, () => rng.int(items.rows));
  return {
    feeds: ({ targets }, rng) => {
      const others = loss === 'softmax' || negatives >= items.rows ? all : draw(rng);
      return {
        rival: lookup(items, others),
        hits: { data: hitsOf(targets, others), shape: [targets.length, 1] },
      };
    },
    loss: (tf, hidden, target, rival, hits) => sharedSoftmax(tf, hidden, target, rival, hits!),
  };
};
