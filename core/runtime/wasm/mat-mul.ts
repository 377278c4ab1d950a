import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import { allocate, backendOf, type KernelCall } from './heap.ts';
import { addressOf, nativeOf, withScratch } from './native.ts';

/** What the kernel asks for: a packed block of B and one tile. */
export const MAT_MUL_SCRATCH_BYTES = 4 * (256 * 256 + 32);

/**
 * BatchMatMul, a [..., m, k] by b [..., k, n] with either transposed, leading axes broadcast. tfjs's own takes its
 * slow path as soon as one side is transposed, which is what every gradient asks for.
 */
export const matMul =
  (tf: Tf): KernelFunc =>
  (call: KernelCall) => {
    const backend = backendOf(call);
    const { a, b } = call.inputs;
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    const [aRows, aColumns] = a!.shape.slice(-2) as [number, number];
    const [bRows, bColumns] = b!.shape.slice(-2) as [number, number];
    const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
    const n = transposeB ? bRows : bColumns;
    const aOuter = a!.shape.slice(0, -2);
    const bOuter = b!.shape.slice(0, -2);
    const outer = tf.broadcast_util.assertAndGetBroadcastShape(aOuter, bOuter);
    const out = allocate(backend, [...outer, m, n], 'float32');
    const batches = tf.util.sizeFromShape(outer);
    const aBatches = tf.util.sizeFromShape(aOuter);
    const bBatches = tf.util.sizeFromShape(bOuter);
    const native = nativeOf(backend);
    withScratch(backend, MAT_MUL_SCRATCH_BYTES, (scratch) => {
      for (let batch = 0; batch < batches; batch++) {
        native.matMul(
          m,
          n,
          k,
          addressOf(backend, a!) + (batch % aBatches) * aRows * aColumns * 4,
          transposeA ? 1 : aColumns,
          transposeA ? aColumns : 1,
          addressOf(backend, b!) + (batch % bBatches) * bRows * bColumns * 4,
          transposeB ? 1 : bColumns,
          transposeB ? bColumns : 1,
          addressOf(backend, out) + batch * m * n * 4,
          scratch,
        );
      }
    });
    return out;
  };
