import type { Tensor } from '../../spi/index.ts';
import type { Feeds } from '../feeds.ts';
import type { Parameter } from '../parameter.ts';
import type { Pass } from '../pass.ts';

/** What an item network reads, row for row. */
export interface ItemInputs {
  readonly rows: number;
  /** Whether there is anything to read in a row. */
  has(row: number): boolean;
  /** What the network's `encode` gets for these rows. */
  feeds(rows: Int32Array): Feeds;
}

/** Turns items into vectors. */
export interface ItemNetwork {
  readonly width: number;
  /** Tables included. */
  readonly parameters: readonly Parameter[];
  /** [rows x width] from the tensors of `feeds`; a row's vector does not depend on the others'. */
  encode(pass: Pass, tensors: Readonly<Record<string, Tensor>>): Tensor;
}
