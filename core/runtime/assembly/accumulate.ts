import { addScaled } from './rows';

/** Bits of a row number that one pass of `sortByRow` looks at. */
const DIGIT = 8;

/**
 * order = 0 .. count - 1 by indices[order], equal ones as they came (radix sort); `rows` bounds the indices.
 * `scratch` has room for count + 256 numbers. A table larger than the cache is then walked in one direction.
 */
export function sortByRow(indices: usize, count: i32, rows: i32, order: usize, scratch: usize): void {
  const counts = scratch + (<usize>count << 2);
  const passes = max(1, (31 - clz<i32>(max(1, rows - 1))) / DIGIT + 1);
  // Each pass goes from one list to the other; the last one ends in `order`.
  let from = passes & 1 ? scratch : order;
  let to = passes & 1 ? order : scratch;
  for (let k = 0; k < count; k++) store<i32>(from + (<usize>k << 2), k);
  for (let shift = 0; shift < passes * DIGIT; shift += DIGIT) {
    memory.fill(counts, 0, 4 << DIGIT);
    for (let k = 0; k < count; k++) {
      const at = counts + digitOf(indices, k, shift);
      store<i32>(at, load<i32>(at) + 1);
    }
    let sum = 0;
    for (let at = counts; at < counts + (4 << DIGIT); at += 4) {
      const own = load<i32>(at);
      store<i32>(at, sum);
      sum += own;
    }
    for (let n = 0; n < count; n++) {
      const k = load<i32>(from + (<usize>n << 2));
      const at = counts + digitOf(indices, k, shift);
      const place = load<i32>(at);
      store<i32>(at, place + 1);
      store<i32>(to + (<usize>place << 2), k);
    }
    const other = from;
    from = to;
    to = other;
  }
}

// @ts-ignore: decorator
@inline
function digitOf(indices: usize, k: i32, shift: i32): usize {
  return <usize>((load<u32>(indices + (<usize>k << 2)) >> shift) & ((1 << DIGIT) - 1)) << 2;
}

/**
 * Sums gradient rows by table row: for each k of `order`, the row `indices[k]` (negative = padding, dropped) gets x[k].
 * `list` holds the touched rows so far, `sums` their sums, `known` how many they are; `place` [table rows] says where
 * a row stands in `list` and is believed only where `list` confirms it, so it is never cleared. Returns the new count.
 */
export function accumulateRows(
  x: usize, columns: i32, indices: usize, order: usize, count: i32,
  place: usize, list: usize, sums: usize, known: i32,
): i32 {
  const bytes = <usize>columns << 2;
  const whole = columns & ~3;
  for (let n = 0; n < count; n++) {
    const k = <usize>load<i32>(order + (<usize>n << 2));
    const row = load<i32>(indices + (k << 2));
    if (row >= 0) {
      const from = x + k * bytes;
      const slot = place + (<usize>row << 2);
      const at = load<i32>(slot);
      if (<u32>at < <u32>known && load<i32>(list + (<usize>at << 2)) == row) {
        const to = sums + <usize>at * bytes;
        for (let c = 0; c < whole; c += 4) {
          const here = <usize>c << 2;
          v128.store(to + here, f32x4.add(v128.load(to + here), v128.load(from + here)));
        }
        for (let c = whole; c < columns; c++) {
          const here = <usize>c << 2;
          store<f32>(to + here, load<f32>(to + here) + load<f32>(from + here));
        }
      } else {
        store<i32>(slot, known);
        store<i32>(list + (<usize>known << 2), row);
        memory.copy(sums + <usize>known * bytes, from, bytes);
        known++;
      }
    }
  }
  return known;
}

/** The same of weighted sums: row `indices[k]` of bag b gets weights[k] * x[b]. */
export function accumulateBags(
  x: usize, columns: i32, offsets: usize, indices: usize, weights: usize, bags: i32,
  place: usize, list: usize, sums: usize, known: i32,
): i32 {
  const bytes = <usize>columns << 2;
  for (let b = 0; b < bags; b++) {
    const end = load<i32>(offsets + (<usize>b << 2), 4);
    for (let k = load<i32>(offsets + (<usize>b << 2)); k < end; k++) {
      const row = load<i32>(indices + (<usize>k << 2));
      if (row < 0) continue;
      const slot = place + (<usize>row << 2);
      let at = load<i32>(slot);
      if (<u32>at >= <u32>known || load<i32>(list + (<usize>at << 2)) != row) {
        at = known++;
        store<i32>(slot, at);
        store<i32>(list + (<usize>at << 2), row);
        memory.fill(sums + <usize>at * bytes, 0, bytes);
      }
      addScaled(sums + <usize>at * bytes, x, load<f32>(weights + (<usize>k << 2)), columns);
    }
    x += bytes;
  }
  return known;
}
