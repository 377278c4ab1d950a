import type { Csr, Rng } from '../spi/index.ts';

/** Draws items that a user has not taken. */
export interface NegativeSampler {
  /** One item that is none of the user's positives; -1 where the user has taken every item. */
  draw(user: number, rng: Rng): number;
  /** log of the probability that one draw gives this item, before positives are rejected: the Q of log Q correction. */
  logQ(item: number): number;
}

/** Every item alike. `positives` is [users x items]. */
export const uniformNegatives = (positives: Csr): NegativeSampler => {
  const items = positives.columns;
  return sampler(
    positives,
    (rng) => rng.int(items),
    () => -Math.log(items),
  );
};

/** In proportion to (count + 1)^exponent of the items' positives (Mikolov et al. 2013 take .75). Alias method, O(1) a draw. */
export const popularityNegatives = (positives: Csr, exponent = 0.75): NegativeSampler => {
  const weights = new Float64Array(positives.columns).fill(1);
  for (const item of positives.indices) weights[item]! += 1;
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = weights[i]! ** exponent;
    total += weights[i]!;
  }
  const draw = aliasTable(weights, total);
  return sampler(positives, draw, (item) => Math.log(weights[item]! / total));
};

/** So many rejections in a row are unlikely unless nearly everything is taken: then look for what is left. */
const MAX_REJECTIONS = 64;

const sampler = (positives: Csr, propose: (rng: Rng) => number, logQ: (item: number) => number): NegativeSampler => ({
  logQ,
  draw: (user, rng) => {
    const from = positives.offsets[user]!;
    const to = positives.offsets[user + 1]!;
    for (let attempt = 0; attempt < MAX_REJECTIONS; attempt++) {
      const item = propose(rng);
      if (!contains(positives.indices, from, to, item)) return item;
    }
    const left = positives.columns - (to - from);
    return left === 0 ? -1 : nthAbsent(positives.indices, from, to, rng.int(left));
  },
});

/** Binary search in the ascending `indices[from .. to)`. */
const contains = (indices: Int32Array, from: number, to: number, item: number): boolean => {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indices[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return low < to && indices[low] === item;
};

/** The n-th (from 0) item that is not in the ascending `indices[from .. to)`. */
const nthAbsent = (indices: Int32Array, from: number, to: number, n: number): number => {
  let item = n;
  for (let k = from; k < to && indices[k]! <= item; k++) item++;
  return item;
};

/** Walker's alias method (Vose 1991): O(items) to build, O(1) a draw. */
const aliasTable = (weights: Float64Array, total: number): ((rng: Rng) => number) => {
  const n = weights.length;
  const share = Float64Array.from(weights, (weight) => (weight * n) / total);
  const alias = new Int32Array(n);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < n; i++) (share[i]! < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large.at(-1)!;
    alias[low] = high;
    share[high]! -= 1 - share[low]!;
    if (share[high]! < 1) small.push(large.pop()!);
  }
  for (const i of [...small, ...large]) share[i] = 1;
  return (rng) => {
    const i = rng.int(n);
    return rng.next() < share[i]! ? i : alias[i]!;
  };
};
