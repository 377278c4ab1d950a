import type { Tensor, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import {
  dense,
  glorotUniform,
  inferencePass,
  lookup,
  normal,
  type Pass,
  parameter,
  softmaxCrossEntropy,
  table,
  train,
} from 'recograph/nn';
import { fitOptions } from './tiny.ts';

const ITEMS = 12;
const LENGTH = 5;
const WIDTH = 6;

type Network = (pass: Pass, sequence: Tensor) => Tensor;

/** [rows, length, width] -> [rows, width], with the parameters of one shape of network. */
const shapes: Record<string, () => { parameters: ReturnType<typeof parameter>[]; apply: Network }> = {
  embedding: () => ({ parameters: [], apply: ({ tf }, sequence) => tf.mean(sequence, 1) }),
  convolution: () => {
    const filter = parameter('filter', [3, 1, WIDTH, WIDTH], glorotUniform(createRng(1)));
    return {
      parameters: [filter],
      apply: ({ tf, value }, sequence) => {
        const image = tf.expandDims(sequence, 2) as never;
        return tf.squeeze(tf.max(tf.relu(tf.conv2d(image, value(filter) as never, 1, 'same')), 1), [1]);
      },
    };
  },
  'gated recurrence': () => {
    const gates = dense('gates', 2 * WIDTH, 2 * WIDTH, createRng(2), 'sigmoid');
    const proposal = dense('proposal', 2 * WIDTH, WIDTH, createRng(3));
    return {
      parameters: [...gates.parameters, ...proposal.parameters],
      apply: (pass, sequence) => {
        const { tf } = pass;
        let hidden: Tensor = tf.zeros([sequence.shape[0]!, WIDTH]);
        for (const x of tf.unstack(sequence, 1)) {
          const [reset, update] = tf.split(gates.apply(pass, tf.concat([x, hidden], 1)), 2, 1) as [Tensor, Tensor];
          const next = tf.tanh(proposal.apply(pass, tf.concat([x, tf.mul(reset, hidden)], 1)));
          hidden = tf.add(tf.mul(update, hidden), tf.mul(tf.sub(1, update), next));
        }
        return hidden;
      },
    };
  },
  attention: () => {
    const projections = ['query', 'key', 'value'].map((name, k) =>
      parameter(name, [WIDTH, WIDTH], glorotUniform(createRng(4 + k))),
    );
    return {
      parameters: projections,
      apply: ({ tf, value }, sequence) => {
        const rows = sequence.shape[0]!;
        const flat = tf.reshape(sequence, [rows * LENGTH, WIDTH]);
        const [query, key, content] = projections.map((weights) =>
          tf.reshape(tf.matMul(flat, value(weights)), [rows, LENGTH, WIDTH]),
        ) as [Tensor, Tensor, Tensor];
        const weights = tf.softmax(tf.div(tf.matMul(query, key, false, true), Math.sqrt(WIDTH)));
        return tf.mean(tf.matMul(weights, content), 1);
      },
    };
  },
};

export const shapeNames: readonly string[] = Object.keys(shapes);

/** Predicts the item after a sequence; equal weights each time it is built. */
const build = (shape: string) => {
  const items = table('items', ITEMS, WIDTH, normal(createRng(9), 0.5));
  const network = shapes[shape]!();
  const output = dense('output', WIDTH, ITEMS, createRng(8));
  return {
    items,
    weights: [...network.parameters, ...output.parameters],
    apply: (pass: Pass, sequence: Tensor) => output.apply(pass, network.apply(pass, sequence)),
  };
};

const sequencesOf = (rows: Int32Array): Int32Array => {
  const sequence = new Int32Array(rows.length * LENGTH);
  for (const [k, row] of rows.entries()) {
    for (let t = 0; t < LENGTH; t++) sequence[k * LENGTH + t] = (row + 2 * t) % ITEMS;
  }
  return sequence;
};

/** The mean training loss of each epoch. Throws when a tensor is left behind. */
export const shapeLosses = async (runtime: TensorRuntime, shape: string): Promise<readonly number[]> => {
  const { items, weights, apply } = build(shape);
  const before = runtime.describe().tensors;
  const { losses } = await train({
    runtime,
    parameters: [items, ...weights],
    optimizer: { kind: 'adam', learningRate: 0.02 },
    examples: 48,
    batchSize: 16,
    epochs: 6,
    fit: fitOptions(),
    batch: (rows) => ({
      sequence: lookup(items, sequencesOf(rows), [rows.length, LENGTH]),
      next: rows.map((row) => (row + 2 * LENGTH) % ITEMS),
    }),
    loss: ({ sequence, next }, pass) => softmaxCrossEntropy(pass.tf, apply(pass, sequence), next),
  });
  const left = runtime.describe().tensors - before;
  if (left !== 0) throw new Error(`${shape} left ${left} tensors behind`);
  return losses;
};

/** The untrained network's scores of all items after ten sequences. */
export const shapeScores = async (runtime: TensorRuntime, shape: string): Promise<Float32Array> => {
  const { items, weights, apply } = build(shape);
  const rows = Int32Array.from({ length: 10 }, (_, row) => row);
  const values = Float32Array.from(sequencesOf(rows), (item) => item);
  const pass = inferencePass(runtime, weights);
  const { tf } = runtime;
  const scores = runtime.scope(() => {
    const places = tf.tensor(values, [rows.length, LENGTH], 'int32');
    return apply(pass, tf.gather(tf.tensor(items.data, [ITEMS, WIDTH]), places));
  });
  const data = await scores.data<'float32'>();
  scores.dispose();
  pass.dispose();
  return data;
};
