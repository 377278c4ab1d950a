import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressOf, allocate, floats, nativeOf } from '../../runtime/wasm/index.ts';
import type { Tensor, TensorRuntime } from '../../spi/index.ts';
import type { Heap, Run } from './heap.ts';

/** The memory of tfjs's wasm backend: tensors lie in it already, nothing is copied in or out. */
export const backendHeap = ({ tf }: TensorRuntime): Heap => {
  const backend = tf.backend() as unknown as BackendWasm;
  const fresh = (shape: readonly number[]): Tensor =>
    tf.engine().makeTensorFromTensorInfo(allocate(backend, [...shape], 'float32'));
  const runOf = (tensor: Tensor, free: () => void): Run => ({
    length: tensor.size,
    address: () => addressOf(backend, tensor),
    floats: () => floats(backend, tensor),
    free,
  });
  const owned = (tensor: Tensor): Run => runOf(tensor, () => tensor.dispose());
  return {
    native: nativeOf(backend),
    allocate: (length) => owned(tf.zeros([length])),
    lend: (values) => owned(tf.tensor1d(values, values instanceof Int32Array ? 'int32' : 'float32')),
    receive: async (gradient, own) => {
      if (!own) return runOf(gradient, () => undefined);
      const copy = owned(fresh(gradient.shape));
      copy.floats().set(floats(backend, gradient));
      return copy;
    },
    produce: (shape, write) => {
      const out = fresh(shape);
      write(addressOf(backend, out));
      return out;
    },
  };
};
