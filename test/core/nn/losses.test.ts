import type { Tensor, Tf } from 'recograph';
import { createRng } from 'recograph/math';
import {
  bce,
  bpr,
  dense,
  dropout,
  layerNorm,
  mlp,
  mse,
  type Pass,
  sampledSoftmax,
  softmaxCrossEntropy,
  squaredNorm,
} from 'recograph/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passOver } from '../../../core/nn/pass.ts';
import { createRuntime, type OwnedRuntime } from '../../../core/runtime/index.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const wave = (length: number): number[] => Array.from({ length }, (_, k) => Math.sin(3 * k + 1));
const scalar = (run: (tf: Tf) => Tensor): number => runtime.scope(() => run(runtime.tf)).dataSync()[0]!;

/** Compares the gradient with central differences, in single precision. */
const checkGradient = (start: number[], shape: number[], run: (x: Tensor, tf: Tf) => Tensor): void => {
  const { tf } = runtime;
  const at = (values: number[]): number => scalar(() => run(tf.tensor(values, shape), tf));
  const gradient = runtime.scope(() => tf.grad((x) => run(x, tf) as never)(tf.tensor(start, shape))).dataSync();
  const h = 1e-2;
  for (let k = 0; k < start.length; k++) {
    const up = at(start.map((value, place) => (place === k ? value + h : value)));
    const down = at(start.map((value, place) => (place === k ? value - h : value)));
    expect(gradient[k]).toBeCloseTo((up - down) / (2 * h), 2);
  }
};

const pass = (training = false): Pass => {
  const { tf } = runtime;
  const values = new Map();
  return {
    ...passOver(tf, values, training, createRng(3)),
    value: (parameter) => tf.tensor(parameter.data, [...parameter.shape]),
  };
};

describe('losses', () => {
  it('have their textbook values', () => {
    expect(scalar((tf) => mse(tf, tf.tensor1d([1, 2]), tf.tensor1d([3, 2])))).toBeCloseTo(2, 6);
    expect(scalar((tf) => bce(tf, tf.tensor1d([0, 0]), tf.tensor1d([1, 0])))).toBeCloseTo(Math.LN2, 6);
    expect(scalar((tf) => bpr(tf, tf.tensor1d([2]), tf.tensor1d([1])))).toBeCloseTo(Math.log(1 + Math.exp(-1)), 5);
    const logits = [Math.log(1), Math.log(2), Math.log(5)];
    const labels = (tf: Tf) => tf.tensor1d([1], 'int32');
    expect(scalar((tf) => softmaxCrossEntropy(tf, tf.tensor2d(logits, [1, 3]), labels(tf)))).toBeCloseTo(
      Math.log(8 / 2),
      5,
    );
    expect(
      scalar((tf) => squaredNorm(tf, [tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([2, 2], [2, 1])])),
    ).toBeCloseTo(19, 5);
    expect(
      scalar((tf) => squaredNorm(tf, [tf.tensor2d([1, 2, 3, 4], [2, 2])], [tf.tensor2d([0.5, 2], [2, 1])])),
    ).toBeCloseTo((0.5 * 5 + 2 * 25) / 2, 5);
  });

  it('stay finite for large logits', () => {
    expect(scalar((tf) => bce(tf, tf.tensor1d([200, -200]), tf.tensor1d([0, 1])))).toBeCloseTo(200, 3);
  });

  it('correct sampled logits by log Q', () => {
    // Corrected odds: positive e^0 / .5 = 2, negatives e^0 / .25 = 4 each.
    const value = scalar((tf) =>
      sampledSoftmax(tf, tf.tensor1d([0]), tf.tensor2d([0, 0], [1, 2]), {
        positives: tf.tensor1d([Math.log(0.5)]),
        negatives: tf.tensor2d([Math.log(0.25), Math.log(0.25)], [1, 2]),
      }),
    );
    expect(value).toBeCloseTo(-Math.log(2 / 10), 5);
  });

  it('have the gradients that differences show', () => {
    const target = [1, 0, 1, 0, 1, 0];
    checkGradient(wave(6), [6], (x, tf) => mse(tf, x, tf.tensor1d(target)));
    checkGradient(wave(6), [6], (x, tf) => bce(tf, x, tf.tensor1d(target)));
    checkGradient(wave(6), [6], (x, tf) => bpr(tf, x, tf.tensor1d(target)));
    checkGradient(wave(6), [2, 3], (x, tf) => softmaxCrossEntropy(tf, x, tf.tensor1d([2, 0], 'int32')));
    checkGradient(wave(6), [2, 3], (x, tf) => sampledSoftmax(tf, tf.tensor1d([0.3, -0.2]), x));
  });
});

describe('layers', () => {
  it('have the gradients that differences show', () => {
    const hidden = mlp('hidden', [3, 4, 2], createRng(2));
    const output = dense('output', 3, 2, createRng(4), 'sigmoid');
    const norm = layerNorm('norm', 3);
    for (const layer of [hidden, output, norm]) {
      checkGradient(wave(6), [2, 3], (x, tf) => tf.mean(tf.square(tf.add(layer.apply(pass(), x), 0.5))));
    }
  });

  it('normalise each row', () => {
    const values = runtime.scope(() => layerNorm('norm', 2).apply(pass(), runtime.tf.tensor2d([1, 3, 10, 20], [2, 2])));
    for (const [k, value] of [...values.dataSync()].entries()) expect(value).toBeCloseTo(k % 2 === 0 ? -1 : 1, 4);
  });

  it('drop the asked share while training, keep the mean, and do nothing while scoring', () => {
    const { tf } = runtime;
    const ones = tf.ones([2000]);
    const dropped = runtime.scope(() => dropout(pass(true), ones, 0.25));
    const values = [...dropped.dataSync()];
    const zeros = values.filter((value) => value === 0).length;
    expect(zeros).toBeGreaterThan(430);
    expect(zeros).toBeLessThan(570);
    expect(values.find((value) => value !== 0)).toBeCloseTo(4 / 3, 5);
    expect(dropout(pass(false), ones, 0.25)).toBe(ones);
  });
});
