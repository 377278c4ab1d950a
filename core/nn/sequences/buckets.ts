import type { Ragged } from '../../spi/index.ts';
import { emptyRows, type SequenceRows, writeSequence } from './layout.ts';

/** Sequences of about one length, each in a row of its own. */
export interface Bucket {
  readonly inputs: SequenceRows;
  /** Row of the sequences that each row of `inputs` holds. */
  readonly owners: Int32Array;
  /** The place of each one's last step. */
  readonly ends: Int32Array;
}

/** Row lengths are multiples of it. */
const STEP = 4;

/**
 * The last `length` steps of all sequences that have any, by length. A sequence's row length depends on it alone, so
 * that its answer does not depend on what is asked beside it. At most `places` places a bucket.
 */
export function* bucketsOf({ offsets, values }: Ragged, length: number, places: number): Generator<Bucket> {
  const byLength = new Map<number, number[]>();
  for (let row = 0; row + 1 < offsets.length; row++) {
    const steps = Math.min(length, offsets[row + 1]! - offsets[row]!);
    if (steps === 0) continue;
    const rowLength = Math.min(length, Math.ceil(steps / STEP) * STEP);
    const rows = byLength.get(rowLength);
    if (rows) rows.push(row);
    else byLength.set(rowLength, [row]);
  }
  for (const [rowLength, members] of byLength) {
    const most = Math.max(1, Math.floor(places / rowLength));
    for (let at = 0; at < members.length; at += most) {
      const owners = Int32Array.from(members.slice(at, at + most));
      const inputs = emptyRows(owners.length, rowLength);
      const ends = owners.map((row, r) => {
        const from = Math.max(offsets[row]!, offsets[row + 1]! - length);
        writeSequence(inputs, r * rowLength, values, from, offsets[row + 1]!, row);
        return r * rowLength + offsets[row + 1]! - from - 1;
      });
      yield { inputs, owners, ends };
    }
  }
}
