import type { backend_util, KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import { allocate, backendOf, floats } from './heap.ts';

interface Attributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterShape: [number, number, number, number];
}

/**
 * Conv2DBackpropFilter, the gradient of a convolution by its filter:
 * dW[r, c, i, o] = sum over b, y, x of X[b, y * stride + r - padTop, x * stride + c - padLeft, i] dY[b, y, x, o].
 * NHWC alone, like the wasm backend's convolution itself.
 */
export const conv2dBackpropFilter =
  (tf: Tf): KernelFunc =>
  (call) => {
    const backend = backendOf(call);
    const { x, dy } = call.inputs;
    const { strides, pad, dimRoundingMode, filterShape, dataFormat } = call.attrs as unknown as Attributes;
    const info = tf.backend_util.computeConv2DInfo(
      x!.shape as [number, number, number, number],
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      tf.backend_util.convertConv2DDataFormat(dataFormat),
    );
    const out = allocate(backend, info.filterShape, 'float32');
    const gradient = floats(backend, out).fill(0);
    const images = floats(backend, x!);
    const upstream = floats(backend, dy!);
    const { inChannels, outChannels, strideHeight, strideWidth, filterWidth } = info;

    for (let filterRow = 0; filterRow < info.filterHeight; filterRow++) {
      for (let filterColumn = 0; filterColumn < filterWidth; filterColumn++) {
        const block = (filterRow * filterWidth + filterColumn) * inChannels * outChannels;
        for (let b = 0; b < info.batchSize; b++) {
          for (let y = 0; y < info.outHeight; y++) {
            const row = y * strideHeight + filterRow - info.padInfo.top;
            if (row < 0 || row >= info.inHeight) continue;
            for (let column = 0; column < info.outWidth; column++) {
              const from = column * strideWidth + filterColumn - info.padInfo.left;
              if (from < 0 || from >= info.inWidth) continue;
              const pixel = ((b * info.inHeight + row) * info.inWidth + from) * inChannels;
              const error = ((b * info.outHeight + y) * info.outWidth + column) * outChannels;
              for (let i = 0; i < inChannels; i++) {
                const value = images[pixel + i]!;
                if (value === 0) continue;
                const to = block + i * outChannels;
                for (let o = 0; o < outChannels; o++) gradient[to + o]! += value * upstream[error + o]!;
              }
            }
          }
        }
      }
    }
    return out;
  };
