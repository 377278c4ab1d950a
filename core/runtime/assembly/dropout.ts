/** Four streams of xorshift32 (Marsaglia 2003), each begun at a hash of the seed: never at 0. */
// @ts-ignore: decorator
@inline
export function streams(seed: i32): v128 {
  let state = i32x4.splat(0);
  state = i32x4.replace_lane(state, 0, hash(seed));
  state = i32x4.replace_lane(state, 1, hash(seed + 0x632be5ab));
  state = i32x4.replace_lane(state, 2, hash(seed + 0x4cf5ad43));
  return i32x4.replace_lane(state, 3, hash(seed + 0x2545f491));
}

// @ts-ignore: decorator
@inline
export function next(state: v128): v128 {
  state = v128.xor(state, i32x4.shl(state, 13));
  state = v128.xor(state, i32x4.shr_u(state, 17));
  return v128.xor(state, i32x4.shl(state, 5));
}

/** Bits of those numbers that are kept: the ones whose draw is not below `bound` (rate * 2^32). */
// @ts-ignore: decorator
@inline
export function kept(state: v128, bound: i32): v128 {
  return i32x4.ge_u(state, i32x4.splat(bound));
}

/** The finalizer of MurmurHash3. */
function hash(x: i32): i32 {
  let h = <u32>x;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return <i32>((h ^ (h >> 16)) | 1);
}

/** out = x / (1 - rate) where the seed's draw keeps it, else 0. Its own gradient, given the same seed. */
export function dropout(x: usize, count: i32, seed: i32, rate: f32, out: usize): void {
  const bound = <i32>(<u32>(<f64>rate * 4294967296));
  const scale: f32 = 1 / (1 - rate);
  let state = streams(seed);
  const whole = count & ~3;
  for (let k = 0; k < whole; k += 4) {
    state = next(state);
    v128.store(out, v128.and(f32x4.mul(v128.load(x), f32x4.splat(scale)), kept(state, bound)));
    x += 16;
    out += 16;
  }
  for (let k = whole; k < count; k++) {
    state = next(state);
    store<f32>(out, <u32>i32x4.extract_lane(state, 0) >= <u32>bound ? load<f32>(x) * scale : 0);
    x += 4;
    out += 4;
  }
}
