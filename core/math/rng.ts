import type { Rng } from '../spi/index.ts';

/** splitmix32, used to spread a seed over the generator's state. */
const spread = (seed: number) => () => {
  seed = (seed + 0x9e3779b9) | 0;
  let t = seed ^ (seed >>> 16);
  t = Math.imul(t, 0x21f0aaad);
  t ^= t >>> 15;
  t = Math.imul(t, 0x735a2d97);
  return (t ^ (t >>> 15)) >>> 0;
};

/** FNV-1a, 32 bit. */
const labelHash = (label: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/**
 * xoshiro128** (Blackman & Vigna 2021): 128 bits of state, integer operations alone, so the same stream everywhere.
 * `seed` is any 32-bit integer.
 */
export const createRng = (seed: number): Rng => {
  const next32 = spread(seed);
  let a = next32();
  let b = next32();
  let c = next32();
  let d = next32();

  const draw = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const next = (): number => ((draw() >>> 5) * 67108864 + (draw() >>> 6)) / 9007199254740992;

  const self: Rng = {
    next,
    int: (bound) => Math.floor(next() * bound),
    normal: () => {
      let u = next();
      while (u === 0) u = next();
      return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * next());
    },
    fork: (label) => createRng(a ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ d ^ labelHash(label)),
    snapshot: () => [a, b, c, d],
    restore: (snapshot) => {
      a = snapshot[0] ?? 0;
      b = snapshot[1] ?? 0;
      c = snapshot[2] ?? 0;
      d = snapshot[3] ?? 0;
      return self;
    },
  };
  return self;
};

/**
 * Draws `times.length` indices with replacement and counts in `times` how often each came up. One 32-bit number of the
 * stream a draw, in a loop of its own: several times as fast as so many calls of `int`.
 */
export const countDraws = (rng: Rng, times: Float64Array): void => {
  const bound = times.length;
  let [a = 0, b = 0, c = 0, d = 0] = rng.snapshot();
  times.fill(0);
  for (let draw = 0; draw < bound; draw++) {
    const scrambled = Math.imul(b, 5);
    const word = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    times[Math.floor((word / 4294967296) * bound)]!++;
  }
  rng.restore([a, b, c, d]);
};
