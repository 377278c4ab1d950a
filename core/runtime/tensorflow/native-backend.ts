import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/** What tfjs-node's backend offers to kernels: any operation of TensorFlow by name. */
export interface NativeBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding: {
    readonly TF_Version?: string;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_FLOAT: number;
  };
  executeSingleOutput(name: string, attributes: readonly object[], inputs: readonly TensorInfo[]): Tensor;
}

/** An operation on floats; `flags` are its boolean attributes. */
export const runFloats = (
  backend: NativeBackend,
  name: string,
  inputs: readonly TensorInfo[],
  flags: Readonly<Record<string, boolean>> = {},
): Tensor => {
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT } = backend.binding;
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    ...Object.entries(flags).map(([flag, value]) => ({ name: flag, type: TF_ATTR_BOOL, value })),
  ];
  return backend.executeSingleOutput(name, attributes, inputs);
};
