/** Places fit in the lower bits of a key that a double holds exactly. */
const PLACES = 2 ** 21;

/** The rank that equal scores at places `from .. to - 1` share: the mean of the ranks 1, 2, ... that they take up. */
export const meanRank = (from: number, to: number): number => (from + 1 + to) / 2;

/** Kept from list to list: what is thrown away after each would keep the garbage collector busy. */
let floats = new Float32Array(0);
let bits = new Uint32Array(0);
let keys = new Float64Array(0);

/**
 * Places of the entries by score descending, then item ascending; scores are no NaN. Scores become integers of the
 * same order and are sorted natively with their place: several times as fast as a comparator.
 */
export const rankedOrder = (items: ArrayLike<number>, scores: Float32Array): Uint32Array => {
  const size = scores.length;
  if (size > PLACES) throw new RangeError(`a list of ${size} candidates is longer than ${PLACES}`);
  if (keys.length < size) {
    floats = new Float32Array(2 * size);
    bits = new Uint32Array(floats.buffer);
    keys = new Float64Array(2 * size);
  }
  for (let k = 0; k < size; k++) {
    floats[k] = scores[k]! + 0;
    const word = bits[k]!;
    const ascending = word >>> 31 === 1 ? ~word >>> 0 : (word | 0x80000000) >>> 0;
    keys[k] = (0xffffffff - ascending) * PLACES + k;
  }
  keys.subarray(0, size).sort();
  const order = new Uint32Array(size);
  for (let k = 0; k < size; k++) order[k] = keys[k]! % PLACES;
  for (let from = 0, to = 1; from < size; from = to++) {
    let sorted = true;
    for (; to < size && scores[order[to]!] === scores[order[from]!]; to++) {
      sorted &&= items[order[to - 1]!]! <= items[order[to]!]!;
    }
    if (!sorted) order.subarray(from, to).sort((a, b) => items[a]! - items[b]!);
  }
  return order;
};
