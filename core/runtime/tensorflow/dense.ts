import type { GradConfig, KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../spi/index.ts';
import { type NativeBackend, runFloats } from './native-backend.ts';

type Activation = 'linear' | 'relu' | 'sigmoid' | 'elu';

const ACTIVATIONS = { relu: 'Relu', sigmoid: 'Sigmoid', elu: 'Elu' };

/** activation(x W + b) for x [rows x inputs], three operations without reshapes between. */
export const dense =
  (tf: Tf): KernelFunc =>
  ({ inputs, attrs, backend }) => {
    const { x, weights, bias } = inputs as Record<string, Tensor>;
    const native = backend as NativeBackend;
    const { activation } = attrs as unknown as { activation: Activation };
    return tf.tidy(() => {
      const product = runFloats(native, 'MatMul', [x!, weights!], { transpose_a: false, transpose_b: false });
      const sum = runFloats(native, 'BiasAdd', [product, bias!]);
      return activation === 'linear' ? sum : runFloats(native, ACTIVATIONS[activation], [sum]);
    });
  };

/** TensorFlow's own gradient of each activation: one operation for what tfjs composes of three. */
export const denseGradient = (tf: Tf): GradConfig => ({
  kernelName: 'Dense',
  inputsToSave: ['x', 'weights'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const native = tf.backend() as unknown as NativeBackend;
    const [x, weights, y] = saved as [Tensor, Tensor, Tensor];
    const { activation } = attrs as unknown as { activation: Activation };
    const dSum = activated(native, activation, dy as Tensor, y);
    const product = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean) =>
      runFloats(native, 'MatMul', [a, b], { transpose_a: transposeA, transpose_b: transposeB });
    return {
      x: () => product(dSum, weights, false, true),
      weights: () => product(x, dSum, true, false),
      bias: () => runFloats(native, 'BiasAddGrad', [dSum]),
    };
  },
});

const activated = (native: NativeBackend, activation: Activation, dy: Tensor, y: Tensor): Tensor => {
  switch (activation) {
    case 'linear':
      return dy;
    case 'relu':
      return runFloats(native, 'ReluGrad', [dy, y]);
    case 'elu':
      return runFloats(native, 'EluGrad', [dy, y]);
    case 'sigmoid':
      return runFloats(native, 'SigmoidGrad', [y, dy]);
  }
};
