import type * as tfc from '@tensorflow/tfjs-core';

export type RuntimeKind = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

/** The injected tensor library. Plugins never import tensorflow packages: they get `tf` from here. */
export interface TensorRuntime {
  readonly kind: RuntimeKind;
  /** What computes: `cuda:0 NVIDIA H200`, `cpu (wasm simd)`. */
  readonly device: string;
  readonly tf: typeof tfc;
  /** Facts for `doctor`, reports and metrics. */
  describe(): { kind: RuntimeKind; device: string; version: string; tensors: number; bytes: number };
  /** Runs and frees every tensor made inside but the ones returned. Synchronous: read data back outside. */
  scope<T extends tfc.TensorContainer>(run: () => T): T;
}
