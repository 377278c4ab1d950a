import { scaleGradient } from 'recograph/nn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRuntime, type OwnedRuntime } from '../../../core/runtime/index.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

it.each([0, 0.25, 1])('passes x on whole and %s of its gradient', (rate) => {
  const { tf } = runtime;
  runtime.scope(() => {
    const x = tf.tensor1d([3, -2]);
    // d/dx of x^3 is 3 x^2.
    const cubed = (x: Parameters<typeof scaleGradient>[1]) => tf.sum(tf.pow(scaleGradient(tf, x, rate), 3));
    const { value, grad } = tf.valueAndGrad(cubed as never)(x);
    expect(value.dataSync()[0]).toBeCloseTo(27 - 8, 5);
    const [a, b] = grad.dataSync();
    expect(a).toBeCloseTo(27 * rate, 4);
    expect(b).toBeCloseTo(12 * rate, 4);
  });
});
