/** splitmix64 (Steele, Lea, Flood 2014): the caller keeps the state, adds GAMMA, then mixes. */
export const GAMMA: u64 = 0x9e3779b97f4a7c15;

// @ts-ignore: decorator
@inline
export function mix(state: u64): u64 {
  let z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** 0 .. bound - 1 from a mixed state (Lemire's multiply and shift; its bias is below bound / 2^32). */
// @ts-ignore: decorator
@inline
export function below(mixed: u64, bound: u32): u32 {
  return <u32>(((mixed >> 32) * <u64>bound) >> 32);
}

/** [0, 1) from a mixed state. */
// @ts-ignore: decorator
@inline
export function unit(mixed: u64): f64 {
  return <f64>(mixed >> 11) * (1.0 / 9007199254740992.0);
}
