import type { Csr, Dataset, Histories } from 'recograph';
import { transpose } from 'recograph';

/** Which number of an event counts: its weight (implicit; 0 = no positive) or its value (explicit; NaN = none). */
export type Feedback = 'implicit' | 'explicit';

const counts = (feedback: Feedback, number: number): boolean =>
  feedback === 'implicit' ? number > 0 : number === number;

/** Users' and items' side of what was observed. */
export const observationsOf = (data: Dataset, feedback: Feedback): { byUser: Csr; byItem: Csr } => {
  if (feedback === 'implicit') return { byUser: data.positives(), byItem: data.positivesByItem() };
  const { userOffsets, items, values } = data.interactions;
  const byUser = mergeRows(data.items.size, { offsets: userOffsets, items, numbers: values }, feedback);
  return { byUser, byItem: transpose(byUser) };
};

interface Events {
  readonly offsets: Uint32Array;
  readonly items: Int32Array;
  readonly numbers: Float32Array;
}

export const eventsOf = (histories: Histories, feedback: Feedback): Events => ({
  offsets: histories.offsets,
  items: histories.items,
  numbers: feedback === 'implicit' ? histories.weights : histories.values,
});

/** One entry an item: weights of repeated items are summed, of repeated values the last one holds. */
export const mergeRows = (
  itemCount: number,
  events: Events,
  feedback: Feedback,
  rows: ArrayLike<number> = { length: events.offsets.length - 1 },
): Csr => {
  const offsets = new Uint32Array(rows.length + 1);
  let total = 0;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] ?? r;
    total += events.offsets[row + 1]! - events.offsets[row]!;
  }
  const indices = new Int32Array(total);
  const values = new Float32Array(total);
  const places = new Int32Array(itemCount);
  let write = 0;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] ?? r;
    const start = write;
    for (let k = events.offsets[row]!; k < events.offsets[row + 1]!; k++) {
      const item = events.items[k]!;
      const number = events.numbers[k]!;
      if (item < 0 || item >= itemCount || !counts(feedback, number)) continue;
      const place = places[item]!;
      if (place >= start && place < write && indices[place] === item) {
        values[place] = feedback === 'implicit' ? values[place]! + number : number;
      } else {
        places[item] = write;
        indices[write] = item;
        values[write] = number;
        write++;
      }
    }
    offsets[r + 1] = write;
  }
  return {
    rows: rows.length,
    columns: itemCount,
    offsets,
    indices: indices.subarray(0, write),
    values: values.subarray(0, write),
  };
};

/**
 * A number for each row's observations that does not depend on their order; 0 = none. Equal histories have equal
 * prints, so a known user whose print is the trained one needs no fold-in.
 */
export const printRows = (itemCount: number, events: Events, feedback: Feedback): Uint32Array => {
  const rows = events.offsets.length - 1;
  const prints = new Uint32Array(rows);
  const { buffer, byteOffset, length } = events.numbers;
  const bits = new Int32Array(buffer, byteOffset, length);
  for (let row = 0; row < rows; row++) {
    let print = 0;
    let seen = 0;
    for (let k = events.offsets[row]!; k < events.offsets[row + 1]!; k++) {
      const item = events.items[k]!;
      if (item < 0 || item >= itemCount || !counts(feedback, events.numbers[k]!)) continue;
      let mixed = Math.imul(item + 1, 0x9e3779b1) ^ Math.imul(bits[k]!, 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
      mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
      print = (print + (mixed ^ (mixed >>> 15))) | 0;
      seen++;
    }
    prints[row] = seen === 0 ? 0 : print >>> 0 || 1;
  }
  return prints;
};
