import { lookup, table, train } from 'recograph/nn';
import { expect, it } from 'vitest';
import { createRuntime } from '../../../core/runtime/index.ts';
import { fitOptions } from '../../support/tiny.ts';

/** One step of length .1 on 1/2 |x|^2 from x = (3, 4); a second row is looked up but not used. */
const step = async (adversarial: { epsilon: number; weight: number } | undefined) => {
  const runtime = await createRuntime('cpu');
  try {
    const rows = table('rows', 2, 2, () => Float32Array.of(3, 4, 7, 7));
    const { losses } = await train({
      runtime,
      parameters: [rows],
      optimizer: { kind: 'sgd', learningRate: 0.1 },
      examples: 1,
      batchSize: 1,
      epochs: 1,
      ...(adversarial && { adversarial }),
      fit: fitOptions(),
      batch: () => ({ x: lookup(rows, Int32Array.of(0)), idle: lookup(rows, Int32Array.of(1)) }),
      loss: ({ x }, { tf }) => tf.mul(0.5, tf.sum(tf.square(x))),
    });
    return { loss: losses[0]!, rows: [...rows.data] };
  } finally {
    runtime.dispose();
  }
};

it('adds the loss at rows moved along their gradient, and its gradient', async () => {
  const plain = await step(undefined);
  expect(plain.loss).toBeCloseTo(12.5, 5);
  expect(plain.rows[0]).toBeCloseTo(2.7, 5);
  // g = (3, 4), |g| = 5: moved to (3.3, 4.4), where the loss is 15.125 and its gradient (3.3, 4.4).
  const { loss, rows } = await step({ epsilon: 0.5, weight: 2 });
  expect(loss).toBeCloseTo(12.5 + 2 * 15.125, 4);
  expect(rows[0]).toBeCloseTo(3 - 0.1 * (3 + 2 * 3.3), 5);
  expect(rows[1]).toBeCloseTo(4 - 0.1 * (4 + 2 * 4.4), 5);
});

it('leaves rows that the loss does not depend on as they are', async () => {
  expect((await step({ epsilon: 0.5, weight: 1 })).rows.slice(2)).toEqual([7, 7]);
});
