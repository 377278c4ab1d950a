export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type TensorArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** A named tensor of a component's state; `data.length` is the product of `shape`. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly data: TensorArray;
}

/**
 * What was learned: small JSON and named tensors. Never code. Written as safetensors in the bundle. The tensors that
 * `restore` gets may be views on memory that other threads serve from: read them, never write into them.
 */
export interface ComponentState {
  readonly json: Json;
  readonly tensors: Readonly<Record<string, StateTensor>>;
}

type Tensors = ComponentState['tensors'];

/** The tensors of a part, to stand among those of the whole: each name behind `prefix`. */
export const withPrefix = (prefix: string, tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));

/** What `withPrefix` put there, by its own names. */
export const underPrefix = (prefix: string, tensors: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );
