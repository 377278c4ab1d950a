import { FIRST_CODE, itemVectorSource } from '../../data/index.ts';
import { type Dataset, type Inputs, type Matrix, RecographError, type Rng, type Tensor } from '../../spi/index.ts';
import type { Feeds } from '../feeds.ts';
import { dense, type Layer } from '../layers.ts';
import { bce, softmaxCrossEntropy } from '../losses.ts';
import type { Parameter } from '../parameter.ts';
import type { Pass } from '../pass.ts';

export interface ObjectiveConfig {
  /** Whose item vectors are learned from. */
  readonly vectors?: string | undefined;
  /** The field whose labels are learned. */
  readonly tags?: string | undefined;
  /** An item with n positives weighs n / (n + shrinkage). */
  readonly shrinkage: number;
}

/** What an item network is trained towards. */
export interface ItemObjective {
  /** Width of the vectors that the network has to give; undefined = as the network likes. */
  readonly width: number | undefined;
  /** How much each item has to teach; 0 = nothing. */
  readonly weights: Float32Array;
  /** Builds what stands between the vectors [rows x width] and the loss. */
  head(width: number, rng: Rng): ObjectiveHead;
  feeds(items: Int32Array): Feeds;
  /** Brings trained outputs from the scale of the loss to that of the goal: x -> mean + spread x. */
  rescale(outputs: readonly Layer[]): void;
}

export interface ObjectiveHead {
  readonly parameters: readonly Parameter[];
  loss(pass: Pass, vectors: Tensor, tensors: Readonly<Record<string, Tensor>>): Tensor;
}

/**
 * `vectors`: the weighted squared distance from another component's item vectors, less their mean and divided by their
 * spread, so that 1 is what giving the mean costs. `tags`: the cross-entropy of each label, of a
 * softmax where every item has one (a dense layer from the vector). Both: the sum.
 * Throws CONFIG_INVALID where neither is asked for, or the labels are none.
 */
export const itemObjective = async (config: ObjectiveConfig, data: Dataset, inputs: Inputs): Promise<ItemObjective> => {
  const { offsets } = data.positivesByItem();
  const known = Float32Array.from({ length: data.items.size }, (_, item) => {
    const count = offsets[item + 1]! - offsets[item]!;
    return config.vectors === undefined ? 1 : count === 0 ? 0 : count / (count + config.shrinkage);
  });
  const parts = [
    ...(config.vectors === undefined ? [] : [await towardsVectors(config.vectors, data, inputs, known)]),
    ...(config.tags === undefined ? [] : [towardsTags(config.tags, data)]),
  ];
  if (parts.length === 0) {
    throw new RecographError(
      'CONFIG_INVALID',
      'There is nothing to train towards: name `vectors` (a model with item vectors, such as als), `tags` (a field with labels), or both.',
      { at: 'vectors' },
    );
  }
  return {
    width: parts.find(({ width }) => width !== undefined)?.width,
    weights: known.map((weight, item) => (parts.every(({ has }) => has(item)) ? weight : 0)),
    head: (width, rng) => {
      const heads = parts.map((part) => part.head(width, rng));
      return {
        parameters: heads.flatMap(({ parameters }) => parameters),
        loss: (pass, vectors, tensors) =>
          heads.map((head) => head.loss(pass, vectors, tensors)).reduce((sum, loss) => pass.tf.add(sum, loss)),
      };
    },
    feeds: (items) => Object.assign({}, ...parts.map((part) => part.feeds(items))),
    rescale: (outputs) => {
      for (const part of parts) part.rescale?.(outputs);
    },
  };
};

interface Part {
  readonly width: number | undefined;
  has(item: number): boolean;
  head(width: number, rng: Rng): ObjectiveHead;
  feeds(items: Int32Array): Feeds;
  rescale?(outputs: readonly Layer[]): void;
}

const towardsVectors = async (name: string, data: Dataset, inputs: Inputs, weights: Float32Array): Promise<Part> => {
  const vectors = await itemVectorSource(inputs.vectors(name), name).known(data.itemFeatures);
  const { columns } = vectors;
  const has = (item: number) => Number.isFinite(vectors.data[item * columns]!);
  const { mean, spread } = distributionOf(vectors, weights);
  return {
    width: columns,
    has,
    head: () => ({
      parameters: [],
      loss: ({ tf }, found, { goal, weight }) => {
        const squares = tf.mean(tf.squaredDifference(found, goal!), 1);
        return tf.div(tf.sum(tf.mul(squares, weight!)), tf.sum(weight!));
      },
    }),
    feeds: (items) => {
      const goal = new Float32Array(items.length * columns);
      items.forEach((item, r) => {
        for (let c = 0; c < columns; c++)
          goal[r * columns + c] = (vectors.data[item * columns + c]! - mean[c]!) / spread;
      });
      return { goal: { data: goal, shape: [items.length, columns] } };
    },
    rescale: (outputs) => {
      for (const { parameters } of outputs) {
        const [weights, bias] = parameters as [Parameter, Parameter];
        weights.data.forEach((value, k) => {
          weights.data[k] = value * spread;
        });
        bias.data.forEach((value, c) => {
          bias.data[c] = mean[c]! + value * spread;
        });
      }
    },
  };
};

/**
 * Column means, and the root mean square of what lies beyond them (1 where that is nothing), of weighted rows. Rows with NaN
 * are left out.
 */
const distributionOf = ({ rows, columns, data }: Matrix, weights: Float32Array) => {
  const mean = new Float64Array(columns);
  const known = Array.from({ length: rows }, (_, row) => row).filter((row) => Number.isFinite(data[row * columns]!));
  const total = known.reduce((sum, row) => sum + weights[row]!, 0) || 1;
  let squares = 0;
  for (let c = 0; c < columns; c++) {
    for (const row of known) mean[c]! += (weights[row]! * data[row * columns + c]!) / total;
    for (const row of known) squares += weights[row]! * (data[row * columns + c]! - mean[c]!) ** 2;
  }
  return { mean, spread: Math.sqrt(squares / (total * columns)) || 1 };
};

const towardsTags = (field: string, { itemFeatures }: Dataset): Part => {
  const column = itemFeatures.columns[field];
  if (column?.kind !== 'bag' && column?.kind !== 'categorical') {
    const given = column ? `a column of kind ${column.kind}` : 'not a field of the items';
    const message = `tags names "${field}", which is ${given}; labels are categories. Encode it by data.features.items.`;
    throw new RecographError('CONFIG_INVALID', message, { at: 'tags' });
  }
  const labels = Math.max(1, column.size - FIRST_CODE);
  const visit = (item: number, each: (label: number) => void): void => {
    const [from, to] = column.kind === 'bag' ? [column.offsets[item]!, column.offsets[item + 1]!] : [item, item + 1];
    for (let k = from; k < to; k++) if (column.codes[k]! >= FIRST_CODE) each(column.codes[k]! - FIRST_CODE);
  };
  return {
    width: undefined,
    has: (item) => {
      let any = false;
      visit(item, () => {
        any = true;
      });
      return any;
    },
    head: (width, rng) => {
      const output: Layer = dense('tags', width, labels, rng);
      return {
        parameters: output.parameters,
        loss: (pass, vectors, { tags }) => {
          const logits = output.apply(pass, vectors);
          return column.kind === 'bag'
            ? bce(pass.tf, logits, tags!)
            : softmaxCrossEntropy(pass.tf, logits, pass.tf.argMax(tags!, 1));
        },
      };
    },
    feeds: (items) => {
      const tags = new Float32Array(items.length * labels);
      items.forEach((item, r) => {
        visit(item, (label) => {
          tags[r * labels + label] = 1;
        });
      });
      return { tags: { data: tags, shape: [items.length, labels] } };
    },
  };
};
