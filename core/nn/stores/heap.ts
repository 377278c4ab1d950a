import type { Native } from '../../runtime/wasm/index.ts';
import type { Tensor } from '../../spi/index.ts';

/** Numbers of 4 bytes side by side in a heap. Views hold until the next allocation there; the address holds until `free`. */
export interface Run {
  readonly length: number;
  address(): number;
  floats(): Float32Array;
  free(): void;
}

/** Memory in which our kernels compute: the wasm backend's own, or some beside another backend. */
export interface Heap {
  readonly native: Native;
  /** A step begins: no tensor is in use that `produce` made before. */
  begin?(): void;
  /** Zeros. */
  allocate(length: number): Run;
  /** A batch's numbers. */
  lend(values: Float32Array | Int32Array): Run;
  /** A gradient's numbers; `own`: in a copy that may be changed. */
  receive(gradient: Tensor, own: boolean): Promise<Run>;
  /** A tensor of the numbers that `write` puts at an address. */
  produce(shape: readonly number[], write: (address: number) => void): Tensor;
}
