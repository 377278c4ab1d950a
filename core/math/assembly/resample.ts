import { GAMMA, mix } from './random';

/**
 * Tasks are resamples: `rows` rows of `values` [rows x width] (f64) are drawn with replacement and summed up by column
 * into `sums[task]`. `width` is a multiple of 4. A task draws from `seed` and its own number alone.
 */
export function drawSums(
  begin: i32,
  end: i32,
  scratch: usize,
  values: usize,
  rows: u32,
  width: i32,
  seed: f64,
  sums: usize,
): void {
  const bytes = <usize>width << 3;
  for (let task = begin; task < end; task++) {
    const start = mix(<u64>seed + <u64>(task + 1) * GAMMA);
    for (let column: usize = 0; column < bytes; column += 32) {
      const from = values + column;
      let state = start;
      let a = f64x2.splat(0);
      let b = f64x2.splat(0);
      let c = f64x2.splat(0);
      let d = f64x2.splat(0);
      for (let draw: u32 = 0; draw < rows; draw += 2) {
        state += GAMMA;
        const word = mix(state);
        const first = from + <usize>(((word >> 32) * <u64>rows) >> 32) * bytes;
        a = f64x2.add(a, v128.load(first));
        b = f64x2.add(b, v128.load(first, 16));
        if (draw + 1 == rows) break;
        const second = from + <usize>(((word & 0xffffffff) * <u64>rows) >> 32) * bytes;
        c = f64x2.add(c, v128.load(second));
        d = f64x2.add(d, v128.load(second, 16));
      }
      const target = sums + <usize>task * bytes + column;
      v128.store(target, f64x2.add(a, c));
      v128.store(target, f64x2.add(b, d), 16);
    }
  }
}
