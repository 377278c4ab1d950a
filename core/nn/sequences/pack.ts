import type { Ragged, Rng } from '../../spi/index.ts';
import { type Augmentation, augment } from './augment.ts';
import { emptyRows, type SequenceRows, writeSequence } from './layout.ts';

/** Inputs and the item that follows each. */
export interface NextItemBatch {
  readonly inputs: SequenceRows;
  /** Places of `inputs` that are no padding, ascending. */
  readonly places: Int32Array;
  /** What comes next at each of `places`. */
  readonly targets: Int32Array;
  /** Row of `sequences` that each of `places` belongs to. */
  readonly owners: Int32Array;
}

/**
 * The last `length` steps of each of the `chosen` sequences, packed: several share a row, so that hardly a place is
 * padding (a batch padded to 50 of s3rec Beauty is 88 % padding). Best fit, longest first; a row is as long as the
 * longest sequence. Every step but a sequence's last is an input, the step after it its target.
 */
export const packNextItems = (sequences: Ragged, chosen: Int32Array, length: number): NextItemBatch => {
  const steps = (row: number): number =>
    Math.max(0, Math.min(length, sequences.offsets[row + 1]! - sequences.offsets[row]! - 1));
  const order = chosen.filter((row) => steps(row) > 0).sort((a, b) => steps(b) - steps(a) || a - b);
  const rowLength = order.length === 0 ? 1 : steps(order[0]!);
  const { rows, starts } = bestFit(order, steps, rowLength);
  const inputs = emptyRows(rows, rowLength);
  let count = 0;
  order.forEach((row, k) => {
    const end = sequences.offsets[row + 1]! - 1;
    writeSequence(inputs, starts[k]!, sequences.values, end - steps(row), end, row);
    count += steps(row);
  });
  const places = new Int32Array(count);
  const targets = new Int32Array(count);
  const owners = new Int32Array(count);
  let n = 0;
  for (let place = 0; place < inputs.items.length; place++) {
    const row = inputs.segments[place]!;
    if (row < 0) continue;
    places[n] = place;
    owners[n] = row;
    targets[n++] = sequences.values[sequences.offsets[row + 1]! - steps(row) + inputs.positions[place]!]!;
  }
  return { inputs, places, targets, owners };
};

/** The same of sequences that `augment` has changed; a hidden input is read as padding, zeros. */
export const packAugmented = (
  sequences: Ragged,
  chosen: Int32Array,
  length: number,
  ways: readonly Augmentation[],
  rng: Rng,
): NextItemBatch => {
  const changed = augment(sequences, chosen, ways, rng);
  const { offsets } = changed.sequences;
  const every = chosen.map((_, r) => r);
  const { inputs, places, targets, owners } = packNextItems(changed.sequences, every, length);
  places.forEach((place, n) => {
    const steps = Math.min(length, offsets[owners[n]! + 1]! - offsets[owners[n]!]! - 1);
    const step = offsets[owners[n]! + 1]! - 1 - steps + inputs.positions[place]!;
    if (changed.hidden[step] === 1) inputs.items[place] = -1;
  });
  return { inputs, places, targets, owners: owners.map((r) => chosen[r]!) };
};

/** Where each starts, in rows of `rowLength`, each put where it leaves the least room. */
const bestFit = (order: Int32Array, steps: (row: number) => number, rowLength: number) => {
  const starts = new Int32Array(order.length);
  /** Rows by the room that is left in them. */
  const open: number[][] = Array.from({ length: rowLength + 1 }, () => []);
  let rows = 0;
  order.forEach((sequence, k) => {
    const needed = steps(sequence);
    let room = needed;
    while (room < rowLength && open[room]!.length === 0) room++;
    const row = open[room]!.pop() ?? rows++;
    starts[k] = row * rowLength + rowLength - room;
    open[room - needed]!.push(row);
  });
  return { rows, starts };
};
