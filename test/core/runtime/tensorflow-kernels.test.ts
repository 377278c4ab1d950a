import { createRng } from 'recograph/math';
import { type Activation, constant, dense, lookup, table } from 'recograph/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOwnKernel } from '../../../core/nn/own-kernels.ts';
import { passOver } from '../../../core/nn/pass.ts';
import { createOwnStore } from '../../../core/nn/stores/native-store.ts';
import { createRuntime, type OwnedRuntime } from '../../../core/runtime/index.ts';
import { findTensorflow } from '../../../core/runtime/start-tensorflow.ts';
import type { Scalar, Tensor } from '../../../core/spi/index.ts';

describe.runIf(findTensorflow())('native TensorFlow', () => {
  let runtime: OwnedRuntime;
  beforeAll(async () => {
    runtime = await createRuntime('tensorflow');
  });
  afterAll(() => runtime.dispose());

  it.each(['linear', 'relu', 'sigmoid', 'elu'] satisfies Activation[])(
    'computes a dense layer and its gradients as the composed operations do: %s',
    async (activation) => {
      const { tf } = runtime;
      const before = runtime.describe().tensors;
      const layer = dense('layer', 3, 2, createRng(1), activation);
      expect(hasOwnKernel(tf, 'Dense')).toBe(true);
      const tensors = runtime.scope(() => {
        const x = tf.randomNormal([5, 3], 0, 1, 'float32', 1);
        const [w, b] = layer.parameters.map(({ data, shape }) => tf.tensor(data, [...shape])) as [Tensor, Tensor];
        const values = new Map([
          [layer.parameters[0]!, w],
          [layer.parameters[1]!, b],
        ]);
        const pass = passOver(tf, values, true, createRng(1));
        const results = [() => layer.apply(pass, x), () => tf.fused.matMul({ a: x, b: w, bias: b, activation })].map(
          (apply) => {
            const loss = () => tf.sum(tf.square(apply())) as Scalar;
            return [apply(), ...tf.engine().gradients(loss, [x, w, b]).grads];
          },
        );
        return results[0]!.map((own, k) => tf.max(tf.abs(tf.sub(own, results[1]![k]!))));
      });
      for (const difference of tensors) expect((await difference.data())[0]).toBeLessThan(1e-5);
      tf.dispose(tensors);
      expect(runtime.describe().tensors).toBe(before);
    },
  );

  it('takes gradients of any size into a store, whose memory grows under the tensors of a step', async () => {
    const { tf } = runtime;
    const before = runtime.describe().tensors;
    // 3,000 rows of 64 are 3 MB a lookup: more than the memory has at first.
    const [rows, few] = [table('rows', 3000, 64, constant(1)), table('few', 3, 2, constant(1))];
    const store = createOwnStore(runtime, [rows, few], { kind: 'sgd', learningRate: 1 });
    const all = Int32Array.from({ length: 3000 }, (_, k) => 2999 - k);
    const lookups = [lookup(rows, all), lookup(few, Int32Array.of(2, 0, 2)), lookup(rows, all)];
    for (let step = 1; step <= 2; step++) {
      await store.prepare?.(new AbortController().signal, lookups);
      const gradients = runtime.scope(() => lookups.map((each, k) => tf.mul(store.rows(each), k + 1)));
      await store.update(
        lookups.map((each, k) => ({ lookup: each, gradient: gradients[k] })),
        [],
        { factor: 1, clipNorm: undefined },
      );
      tf.dispose(gradients);
      store.pull();
      // A row of `rows` w loses 1 w + 3 w; row 2 of `few` 2 w twice, row 0 once, row 1 nothing.
      expect(new Set(rows.data)).toEqual(new Set([(-3) ** step]));
      expect([...few.data]).toEqual([-1, -1, 1, 1, -3, -3].map((base) => base ** step));
    }
    store.dispose();
    expect(runtime.describe().tensors).toBe(before);
  });
});
