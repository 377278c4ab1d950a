import { addScaled } from './rows';

/**
 * Sums gradient rows by table row: for each k, the row `indices[k]` (negative = padding, dropped) gets x[k].
 * `list` holds the touched rows so far, `sums` their sums, `known` how many they are; `place` [table rows] says where
 * a row stands in `list` and is believed only where `list` confirms it, so it is never cleared. Returns the new count.
 */
export function accumulateRows(
  x: usize, columns: i32, indices: usize, count: i32,
  place: usize, list: usize, sums: usize, known: i32,
): i32 {
  const bytes = <usize>columns << 2;
  const whole = columns & ~3;
  for (let k = 0; k < count; k++) {
    const row = load<i32>(indices + (<usize>k << 2));
    if (row >= 0) {
      const slot = place + (<usize>row << 2);
      const at = load<i32>(slot);
      if (<u32>at < <u32>known && load<i32>(list + (<usize>at << 2)) == row) {
        const to = sums + <usize>at * bytes;
        for (let c = 0; c < whole; c += 4) {
          const here = <usize>c << 2;
          v128.store(to + here, f32x4.add(v128.load(to + here), v128.load(x + here)));
        }
        for (let c = whole; c < columns; c++) {
          const here = <usize>c << 2;
          store<f32>(to + here, load<f32>(to + here) + load<f32>(x + here));
        }
      } else {
        store<i32>(slot, known);
        store<i32>(list + (<usize>known << 2), row);
        memory.copy(sums + <usize>known * bytes, x, bytes);
        known++;
      }
    }
    x += bytes;
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
