import type { Tensor, Tf } from '../spi/index.ts';

/** Layers that a runtime may have as one kernel (core/runtime/wasm/register.ts); elsewhere they are composed. */
export type OwnKernel = 'CausalAttention' | 'CopyInto' | 'Dense' | 'Dropout' | 'Gru' | 'LayerNorm' | 'SharedSoftmax';

export const hasOwnKernel = (tf: Tf, name: OwnKernel): boolean => tf.getKernel(name, tf.getBackend()) != null;

/** Runs it: no gradient is recorded, so call it inside `tf.customGrad`. Undefined inputs are left out. */
export const runOwnKernel = (
  tf: Tf,
  name: OwnKernel | `${OwnKernel}Gradient`,
  inputs: Readonly<Record<string, Tensor | undefined>>,
  attributes: Readonly<Record<string, number | string>> = {},
): Tensor[] => {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
  return [tf.engine().runKernel(name, given as never, attributes as never)].flat() as Tensor[];
};

type Save = (tensors: Tensor[]) => void;

/**
 * `tf.customGrad` by the types that its callers need: `forward` gets a function that keeps tensors for `backward`, which
 * gives one gradient for each of `inputs`.
 */
export const withGradient = (
  tf: Tf,
  inputs: readonly Tensor[],
  forward: (save: Save) => Tensor,
  backward: (dy: Tensor, saved: Tensor[]) => Tensor[],
): Tensor => {
  const operation = tf.customGrad((...given) => ({
    value: forward(given.at(-1) as unknown as Save),
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const gradients = backward(dy, saved);
      return gradients.length === 1 ? gradients[0]! : gradients;
    },
  }));
  return operation(...inputs);
};
