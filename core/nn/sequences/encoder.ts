import type { Matrix, Ragged, Tensor, TensorRuntime } from '../../spi/index.ts';
import { lookup } from '../feeds.ts';
import type { Parameter, Table } from '../parameter.ts';
import type { InferencePass, Pass } from '../pass.ts';
import { bucketsOf } from './buckets.ts';
import { layoutOf, type SequenceLayout } from './layout.ts';

/** What turns a sequence of items into what comes next. */
export interface SequenceEncoder {
  /** Without the item table. */
  readonly parameters: readonly Parameter[];
  /**
   * Item vectors [rows * length x width] (zeros at padding) -> the vector at each place whose dot product with an
   * item's says how well that item comes next; with `layout.ends` at those places alone, [rows x width]. A place sees
   * its own sequence up to itself, and nothing else.
   */
  encode(pass: Pass, x: Tensor, layout: SequenceLayout): Tensor;
}

export interface NextItemNetwork {
  readonly items: Table;
  readonly encoder: SequenceEncoder;
  /** The most steps of a history that are read: its newest. */
  readonly length: number;
}

/** Bounds the memory of one pass. */
const PLACES_AT_ONCE = 16_384;

/** The vector at the end of each sequence, [sequences x width]; NaN for an empty one. */
export const encodeSequences = async (
  runtime: TensorRuntime,
  pass: InferencePass,
  { items, encoder, length }: NextItemNetwork,
  sequences: Ragged,
): Promise<Matrix> => {
  const { columns } = items;
  const rows = sequences.offsets.length - 1;
  const data = new Float32Array(rows * columns).fill(Number.NaN);
  const { tf } = runtime;
  for (const { inputs, owners, ends } of bucketsOf(sequences, length, PLACES_AT_ONCE)) {
    const last = runtime.scope(() => {
      const x = pass.rows(lookup(items, inputs.items));
      return encoder.encode(pass, x, layoutOf(tf, inputs, ends));
    });
    const found = await last.data<'float32'>();
    last.dispose();
    owners.forEach((row, r) => {
      data.set(found.subarray(r * columns, (r + 1) * columns), row * columns);
    });
  }
  return { rows, columns, data };
};
