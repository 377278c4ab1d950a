import type { Csr, ListMetric } from '../../spi/index.ts';

/** How many users have each item as a positive in train. */
const popularity = (byItem: Csr): Uint32Array => {
  const counts = new Uint32Array(byItem.rows);
  for (let i = 0; i < byItem.rows; i++) counts[i] = byItem.offsets[i + 1]! - byItem.offsets[i]!;
  return counts;
};

/**
 * Mean self-information of the first k items, -log2(users of the item in train / users), in bits; an item without
 * users counts as one with a single user (Zhou et al. 2010). Empty list: undefined for this user.
 */
export const novelty: ListMetric = {
  over: 'list',
  prepare: ({ train }) => {
    const users = train.users.size;
    const bits = Float64Array.from(popularity(train.positivesByItem()), (count) =>
      Math.log2(users / Math.max(1, count)),
    );
    return ({ items }, k) => {
      const end = Math.min(k, items.length);
      let sum = 0;
      for (let p = 0; p < end; p++) sum += bits[items[p]!]!;
      return end === 0 ? Number.NaN : sum / end;
    };
  },
};

/**
 * Mean distance of the pairs in the first k, 1 - |U_i and U_j| / sqrt(|U_i| |U_j|), U_i = the users of item i in train
 * (intra-list diversity, Ziegler et al. 2005, with the cosine of the interaction columns). Fewer than two items: undefined.
 */
export const diversity: ListMetric = {
  over: 'list',
  prepare: ({ train }) => {
    const byItem = train.positivesByItem();
    const known = new Map<number, number>();
    const distance = (a: number, b: number): number => {
      const key = a < b ? a * byItem.rows + b : b * byItem.rows + a;
      let value = known.get(key);
      if (value === undefined) {
        value = 1 - cosine(byItem, a, b);
        if (known.size >= MAX_KNOWN_PAIRS) known.clear();
        known.set(key, value);
      }
      return value;
    };
    return ({ items }, k) => {
      const end = Math.min(k, items.length);
      let sum = 0;
      for (let p = 1; p < end; p++) for (let q = 0; q < p; q++) sum += distance(items[p]!, items[q]!);
      return end < 2 ? Number.NaN : sum / ((end * (end - 1)) / 2);
    };
  },
};

const MAX_KNOWN_PAIRS = 1_000_000;

/** Cosine of two binary rows; 0 where one is empty. */
const cosine = ({ offsets, indices }: Csr, a: number, b: number): number => {
  let i = offsets[a]!;
  let j = offsets[b]!;
  const endI = offsets[a + 1]!;
  const endJ = offsets[b + 1]!;
  const norm = Math.sqrt((endI - i) * (endJ - j));
  let common = 0;
  while (i < endI && j < endJ) {
    const difference = indices[i]! - indices[j]!;
    if (difference === 0) common++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return norm === 0 ? 0 : common / norm;
};

/**
 * Share of the k places that hold a relevant item which is not obvious: not among the k items most popular in train
 * that are not masked for the user (Ge et al. 2010, unexpectedness against a popularity recommender).
 */
export const serendipity: ListMetric = {
  over: 'list',
  prepare: ({ train, masked }) => {
    const counts = popularity(train.positivesByItem());
    const byPopularity = Int32Array.from(counts, (_, item) => item).sort((a, b) => counts[b]! - counts[a]! || a - b);
    return ({ user, items, hits }, k) => {
      if (hits.indexOf(1) < 0) return 0;
      const seen = new Set(masked(user));
      const obvious = new Set<number>();
      for (let p = 0; p < byPopularity.length && obvious.size < k; p++) {
        if (!seen.has(byPopularity[p]!)) obvious.add(byPopularity[p]!);
      }
      const end = Math.min(k, items.length);
      let sum = 0;
      for (let p = 0; p < end; p++) if (hits[p] === 1 && !obvious.has(items[p]!)) sum++;
      return sum / k;
    };
  },
};
