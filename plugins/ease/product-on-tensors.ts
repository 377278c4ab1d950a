import type { Csr, KernelMemory, TensorRuntime } from 'recograph';
import type { Square } from 'recograph/math';

/** `sparseTimes` by a matrix product on the device, where b lies until `dispose`. */
export const productOnTensors = (runtime: TensorRuntime, b: Square) => {
  const { tf } = runtime;
  const { size, stride, data } = b;
  const resident = tf.tidy(() => tf.slice(tf.tensor2d(data, [stride, stride]), [0, 0], [size, size]));
  return {
    times: async ({ rows, offsets, indices, values }: Csr, memory: KernelMemory): Promise<Float32Array> => {
      const dense = new Float32Array(rows * size);
      for (let r = 0; r < rows; r++) {
        for (let k = offsets[r]!; k < offsets[r + 1]!; k++) dense[r * size + indices[k]!]! += values[k]!;
      }
      const product = tf.tidy(() => tf.matMul(tf.tensor2d(dense, [rows, size]), resident));
      const scores = await product.data<'float32'>();
      product.dispose();
      const out = memory.floats(rows * stride).fill(Number.NaN);
      for (let r = 0; r < rows; r++) out.set(scores.subarray(r * size, (r + 1) * size), r * stride);
      return out;
    },
    dispose: () => resident.dispose(),
  };
};
