import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import type { KernelCall } from './heap.ts';
import { backendOf } from './heap.ts';
import { matMul } from './mat-mul.ts';
import { addressOf, nativeOf } from './native.ts';

/** _FusedMatMul by our product. tfjs's own packs its weights for every new tensor, and a trained one is new each step. */
export const fusedMatMul = (tf: Tf): KernelFunc => {
  const multiply = matMul(tf);
  return (call) => {
    const backend = backendOf(call);
    const out = multiply(call) as TensorInfo;
    const { bias } = call.inputs;
    const columns = out.shape.at(-1)!;
    const rows = tf.util.sizeFromShape(out.shape) / columns;
    const relu = call.attrs!.activation === 'relu' ? 1 : 0;
    if (bias || relu) {
      nativeOf(backend).addBias(addressOf(backend, out), rows, columns, bias ? addressOf(backend, bias) : 0, relu);
    }
    return out;
  };
};

/** Single precision, one bias a column, no activation or ReLU. */
export const isFusedMatMul = ({ inputs: { a, b, bias }, attrs }: KernelCall): boolean => {
  const { activation, transposeB } = attrs as { activation: string; transposeB: boolean };
  const columns = b!.shape.at(transposeB ? -2 : -1)!;
  return (
    a!.dtype === 'float32' &&
    b!.dtype === 'float32' &&
    (activation === 'linear' || activation === 'relu') &&
    (!bias || (bias.dtype === 'float32' && bias.shape.length > 0 && bias.shape.at(-1) === columns)) &&
    (!bias || bias.shape.slice(0, -1).every((length) => length === 1))
  );
};
