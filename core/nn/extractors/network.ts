import type { Tensor } from '../../spi/index.ts';
import type { Feeds } from '../feeds.ts';
import type { Layer } from '../layers.ts';
import type { Parameter } from '../parameter.ts';
import type { Pass } from '../pass.ts';

/** What an item network reads, row for row. */
export interface ItemInputs {
  readonly rows: number;
  /** Whether there is anything to read in a row. */
  has(row: number): boolean;
  /** How much there is to read in a row: rows of like size are read together, which saves padding. */
  size?(row: number): number;
  /** What the network's `encode` gets for these rows. */
  feeds(rows: Int32Array): Feeds;
}

/** Turns items into vectors. */
export interface ItemNetwork {
  readonly width: number;
  /** Tables included. */
  readonly parameters: readonly Parameter[];
  /** The dense layers whose outputs are the vector, or are mixed to it with weights of sum 1. */
  readonly outputs: readonly Layer[];
  /**
   * [rows x width] from the tensors of `feeds`; a row's vector does not depend on the others'. While training it is what
   * lies beyond the goal's mean, in units of its spread.
   */
  encode(pass: Pass, tensors: Readonly<Record<string, Tensor>>): Tensor;
}
