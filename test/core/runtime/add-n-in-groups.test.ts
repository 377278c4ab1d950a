import { expect, it } from 'vitest';
import { addNInGroups } from '../../../core/runtime/add-n-in-groups.ts';
import { createRuntime } from '../../../core/runtime/index.ts';

it('adds any number of tensors by a kernel that takes few, and keeps none of the sums between', async () => {
  const runtime = await createRuntime('cpu');
  const { tf } = runtime;
  const stock = tf.getKernel('AddN', 'cpu');
  let largest = 0;
  const counting: typeof stock.kernelFunc = (call) => {
    largest = Math.max(largest, (call.inputs as unknown as readonly unknown[]).length);
    return stock.kernelFunc(call);
  };
  const use = (kernelFunc: typeof stock.kernelFunc) => {
    tf.unregisterKernel('AddN', 'cpu');
    tf.registerKernel({ ...stock, kernelFunc });
  };
  use(counting);
  addNInGroups(tf, 'cpu', 7);
  try {
    for (const count of [1, 2, 7, 8, 13, 20]) {
      const terms = Array.from({ length: count }, (_, k) => tf.tensor1d([k + 1, 1]));
      const before = tf.memory().numDataBuffers;
      const sum = tf.addN(terms);
      expect([...sum.dataSync()]).toEqual([(count * (count + 1)) / 2, count]);
      expect(tf.memory().numDataBuffers - before).toBeLessThanOrEqual(1);
      tf.dispose([...terms, sum]);
    }
    expect(largest).toBe(7);
  } finally {
    use(stock.kernelFunc);
    runtime.dispose();
  }
});
