import type { RuntimeKind, Tensor } from 'recograph';
import { createRng } from 'recograph/math';
import {
  dense,
  glorotUniform,
  lookup,
  normal,
  type Pass,
  parameter,
  softmaxCrossEntropy,
  table,
  train,
} from 'recograph/nn';
import { expect, it } from 'vitest';
import { createRuntime, describeRuntimes } from '../../../core/runtime/index.ts';
import { fitOptions } from '../../support/tiny.ts';

const ITEMS = 12;
const LENGTH = 5;
const WIDTH = 6;

type Network = (pass: Pass, sequence: Tensor) => Tensor;

/** [rows, length, width] -> [rows, width], with the parameters of one shape of network. */
const shapes: Record<string, () => { parameters: ReturnType<typeof parameter>[]; apply: Network }> = {
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

/** Predicts the item after a sequence; the mean loss of each epoch. */
const lossesOn = async (kind: RuntimeKind, shape: string): Promise<readonly number[]> => {
  const runtime = await createRuntime(kind);
  const items = table('items', ITEMS, WIDTH, normal(createRng(9), 0.5));
  const network = shapes[shape]!();
  const output = dense('output', WIDTH, ITEMS, createRng(8));
  const before = runtime.describe().tensors;
  const { losses } = await train({
    runtime,
    parameters: [items, ...network.parameters, ...output.parameters],
    optimizer: { kind: 'adam', learningRate: 0.02 },
    examples: 48,
    batchSize: 16,
    epochs: 6,
    fit: fitOptions(),
    batch: (rows) => {
      const sequence = new Int32Array(rows.length * LENGTH);
      for (const [k, row] of rows.entries()) {
        for (let t = 0; t < LENGTH; t++) sequence[k * LENGTH + t] = (row + 2 * t) % ITEMS;
      }
      return {
        sequence: lookup(items, sequence, [rows.length, LENGTH]),
        next: rows.map((row) => (row + 2 * LENGTH) % ITEMS),
      };
    },
    loss: ({ sequence, next }, pass) =>
      softmaxCrossEntropy(pass.tf, output.apply(pass, network.apply(pass, sequence)), next),
  });
  expect(runtime.describe().tensors).toBe(before);
  runtime.dispose();
  return losses;
};

/** The cpu reference, and TensorFlow where it is installed. */
const others = describeRuntimes().flatMap(({ kind, installed }): RuntimeKind[] =>
  kind === 'cpu' || (kind === 'tensorflow' && installed) ? [kind] : [],
);

it.each(Object.keys(shapes))('trains the same on every runtime: %s', async (shape) => {
  const wasm = await lossesOn('wasm', shape);
  expect(wasm.at(-1)!).toBeLessThan(wasm[0]!);
  for (const kind of others) {
    const losses = await lossesOn(kind, shape);
    for (const [epoch, loss] of losses.entries()) expect(Math.abs(wasm[epoch]! - loss)).toBeLessThan(1e-3);
  }
});
