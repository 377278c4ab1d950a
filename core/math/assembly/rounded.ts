import { score1, score4 } from './pairs';
import { sum } from './vector';

/**
 * Rows as 16-bit integers along a few orthonormal directions, to bound products by: with h a row's part along the
 * directions and t the length of the rest, x.y <= h(x).h(y) + t(x) t(y).
 */

/** Length that rows are scaled to: products stay below 2^31. */
export const LENGTH: f32 = 32000;

/** Shorter rows count as this long: squares of theirs would underflow. */
const SHORTEST: f32 = 1e-15;

/** The Euclidean length of each row, or SHORTEST; infinite where a factor is NaN. Tasks are rows. */
export function rowNorms(begin: i32, end: i32, scratch: usize, rows: usize, width: i32, out: usize): void {
  const bytes = <usize>width << 2;
  for (let r = begin; r < end; r++) {
    const row = rows + <usize>r * bytes;
    const squares = score1(row, row, bytes);
    store<f32>(out + (<usize>r << 2), squares == squares ? max<f32>(sqrt<f32>(squares), SHORTEST) : Infinity);
  }
}

/**
 * Rounds a row of length `norm` along the first `head` (a multiple of 4) rows of `directions`, as if it had LENGTH;
 * pairs of 16-bit integers go to `target`, `step` bytes apart. Answers with the length of the rest, at least.
 */
export function roundRow(
  row: usize,
  bytes: usize,
  norm: f32,
  directions: usize,
  head: i32,
  target: usize,
  step: usize,
): f32 {
  const known = norm < Infinity;
  const scale = f32x4.splat(known ? LENGTH / norm : 0);
  let squares = f32x4.splat(0);
  for (let k = 0; k < head; k += 4, target += 2 * step) {
    const d = directions + <usize>k * bytes;
    const part = score4(row, d, d + bytes, d + 2 * bytes, d + 3 * bytes, bytes);
    squares = f32x4.add(squares, f32x4.mul(part, part));
    const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(part, scale)));
    const halves = i16x8.narrow_i32x4_s(whole, whole);
    store<i32>(target, known ? i32x4.extract_lane(halves, 0) : 0);
    store<i32>(target + step, known ? i32x4.extract_lane(halves, 1) : 0);
  }
  // The difference of two sums is wrong by their rounding; what is too long is on the safe side.
  const rest = norm * norm * (<f32>1 + <f32>(bytes + 256) * 3e-8) - sum(squares);
  return sqrt<f32>(max<f32>(rest, 0));
}

/** What the integers' product of two rows can be short of LENGTH^2 times the product of their parts, over their lengths. */
export function marginOf(head: i32, bytes: usize): f32 {
  const rounding = sqrt<f32>(<f32>head) * 0.5;
  return LENGTH * 2.0001 * rounding + rounding * rounding + LENGTH * LENGTH * <f32>(bytes + 256) * 6e-8;
}

/**
 * Rounded items, eight beside each other: the pair k of the eight items of block b at `out[b][k][8]`; `tails` gets what
 * is left of each place's item, in units of 1 / LENGTH. Place p holds item order[p]; behind the last place stand zeros.
 * Tasks are blocks.
 */
export function roundItems(
  begin: i32,
  end: i32,
  scratch: usize,
  items: usize,
  itemCount: i32,
  width: i32,
  order: usize,
  norms: usize,
  directions: usize,
  head: i32,
  out: usize,
  tails: usize,
): void {
  const bytes = <usize>width << 2;
  for (let b = begin; b < end; b++) {
    const block = out + (<usize>(b * head) << 4);
    for (let lane = 0; lane < 8; lane++) {
      const place = <usize>(b * 8 + lane) << 2;
      if (b * 8 + lane >= itemCount) break;
      const row = items + <usize>load<i32>(order + place) * bytes;
      const norm = load<f32>(norms + place);
      const rest = roundRow(row, bytes, norm, directions, head, block + (<usize>lane << 2), 32);
      store<f32>(tails + place, rest * LENGTH);
    }
  }
}
