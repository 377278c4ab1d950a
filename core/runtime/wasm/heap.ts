import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';

/** The one argument that tfjs calls a kernel with. */
export type KernelCall = Parameters<KernelFunc>[0];

export const backendOf = (call: KernelCall): BackendWasm => call.backend as BackendWasm;

/**
 * The tensor's elements in the backend's memory, without a copy. Valid until the next allocation there:
 * growing memory detaches every view, so make the output first and take views afterwards.
 */
export const floats = (backend: BackendWasm, tensor: TensorInfo): Float32Array =>
  backend.typedArrayFromHeap(tensor) as Float32Array;

export const integers = (backend: BackendWasm, tensor: TensorInfo): Int32Array =>
  backend.typedArrayFromHeap(tensor) as Int32Array;

/** A new tensor whose elements are undefined until written. */
export const allocate = (backend: BackendWasm, shape: number[], dtype: DataType): TensorInfo =>
  backend.makeOutput(shape, dtype);
