import type { Kernels, Tensor, TensorRuntime } from 'recograph';
import { throwIfCancelled } from 'recograph';
import { invertInPlace, type Square, squareIn } from 'recograph/math';

/** Up to so many rows the kernels invert, in part with double precision. */
const LEAF = 512;

/**
 * The inverse of a symmetric positive definite matrix in place, by halves (Schur complement):
 *
 *   [A B; B' D]^-1 = [X + Y S^-1 Y'  -Y S^-1; -S^-1 Y'  S^-1],  X = A^-1, Y = X B, S = D - B' Y
 *
 * The products, which are nearly all of the work, run on the device; about 3 size^2 numbers lie there. Not positive
 * definite: NaN.
 */
export const invertOnTensors = async (
  runtime: TensorRuntime,
  kernels: Kernels,
  a: Square,
  signal: AbortSignal,
): Promise<void> => {
  const { tf } = runtime;
  const leaf = async (matrix: Tensor): Promise<Tensor> => {
    const size = matrix.shape[0]!;
    const memory = kernels.memory();
    try {
      const square = squareIn(memory, size);
      write(square, await matrix.data<'float32'>());
      for (let r = size; r < square.stride; r++) square.data[r * square.stride + r] = 1;
      await invertInPlace(kernels, square, signal);
      return tf.tensor2d(read(square), [size, size]);
    } finally {
      memory.release();
    }
  };
  const invert = async (matrix: Tensor): Promise<Tensor> => {
    throwIfCancelled(signal);
    const size = matrix.shape[0]!;
    if (size <= LEAF) return leaf(matrix);
    const half = Math.ceil(size / 2 / 64) * 64;
    const rest = size - half;
    const held: Tensor[] = [];
    const hold = <T extends Tensor>(tensor: T): T => {
      held.push(tensor);
      return tensor;
    };
    try {
      const x = hold(await invert(hold(tf.slice(matrix, [0, 0], [half, half]))));
      const b = hold(tf.slice(matrix, [0, half], [half, rest]));
      const y = hold(tf.matMul(x, b));
      const schur = tf.tidy(() => tf.sub(tf.slice(matrix, [half, half], [rest, rest]), tf.matMul(b, y, true)));
      const s = hold(await invert(hold(schur)));
      return tf.tidy(() => {
        const corner = tf.neg(tf.matMul(y, s));
        const first = tf.sub(x, tf.matMul(corner, y, false, true));
        return tf.concat([tf.concat([first, corner], 1), tf.concat([tf.transpose(corner), s], 1)], 0);
      });
    } finally {
      tf.dispose(held);
    }
  };
  const start = tf.tensor2d(read(a), [a.size, a.size]);
  try {
    const inverse = await invert(start);
    write(a, await inverse.data<'float32'>());
    inverse.dispose();
  } finally {
    start.dispose();
  }
};

const read = ({ size, stride, data }: Square): Float32Array => {
  const packed = new Float32Array(size * size);
  for (let r = 0; r < size; r++) packed.set(data.subarray(r * stride, r * stride + size), r * size);
  return packed;
};

const write = ({ size, stride, data }: Square, packed: Float32Array): void => {
  for (let r = 0; r < size; r++) data.set(packed.subarray(r * size, (r + 1) * size), r * stride);
};
