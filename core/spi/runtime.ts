import type * as tfc from '@tensorflow/tfjs-core';

/** Names of the tensor library's types, so that plugins need no import of it. */
export type Tf = typeof tfc;
export type Tensor = tfc.Tensor;
export type Scalar = tfc.Scalar;
export type TensorContainer = tfc.TensorContainer;

export type RuntimeKind = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

/** The injected tensor library. Plugins never import tensorflow packages: they get `tf` from here. */
export interface TensorRuntime {
  readonly kind: RuntimeKind;
  /** What computes: `cuda:0 NVIDIA H200`, `cpu (wasm simd)`. */
  readonly device: string;
  /** Whether `device` is a GPU, a software one that was asked for included. */
  readonly gpu: boolean;
  readonly tf: Tf;
  /** Facts for `doctor`, reports and metrics. */
  describe(): { kind: RuntimeKind; device: string; version: string; tensors: number; bytes: number };
  /** Runs and frees every tensor made inside but the ones returned. Synchronous: read data back outside. */
  scope<T extends tfc.TensorContainer>(run: () => T): T;
}
