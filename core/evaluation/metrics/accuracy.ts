import type { ListMetric, RankedList } from '../../spi/index.ts';

const list = (user: (list: RankedList, k: number) => number): ListMetric => ({ over: 'list', prepare: () => user });

/** Relevant items among the first k. */
const hitsIn = ({ hits }: RankedList, k: number): number => {
  const end = Math.min(k, hits.length);
  let sum = 0;
  for (let p = 0; p < end; p++) sum += hits[p]!;
  return sum;
};

/** hits / |relevant|. */
export const recall = list((user, k) => hitsIn(user, k) / user.relevant.length);

/** hits / k, also where the list is shorter. */
export const precision = list((user, k) => hitsIn(user, k) / k);

/** Harmonic mean of precision and recall, 2 hits / (k + |relevant|). */
export const f1 = list((user, k) => (2 * hitsIn(user, k)) / (k + user.relevant.length));

/** 1 with any hit, else 0. */
export const hitRate = list((user, k) => (hitsIn(user, k) > 0 ? 1 : 0));

/** 1 / rank of the first hit; 0 without one. */
export const reciprocalRank = list(({ hits }, k) => {
  const first = hits.indexOf(1);
  return first >= 0 && first < k ? 1 / (first + 1) : 0;
});

/** AP@k = sum over hits at rank p <= k of precision@p, / min(k, |relevant|). */
export const averagePrecision = list(({ hits, relevant }, k) => {
  const end = Math.min(k, hits.length);
  let found = 0;
  let sum = 0;
  for (let p = 0; p < end; p++) if (hits[p] === 1) sum += ++found / (p + 1);
  return sum / Math.min(k, relevant.length);
});

/** Discounts 1 / log2(rank + 1) and their running sums, grown as needed. */
const discounts = (): { gain(place: number): number; ideal(count: number): number } => {
  const gains: number[] = [];
  const sums: number[] = [0];
  const grow = (count: number): void => {
    for (let p = gains.length; p < count; p++) {
      gains.push(1 / Math.log2(p + 2));
      sums.push(sums[p]! + gains[p]!);
    }
  };
  return {
    gain: (place) => {
      if (place >= gains.length) grow(place + 1);
      return gains[place]!;
    },
    ideal: (count) => {
      if (count >= sums.length) grow(count);
      return sums[count]!;
    },
  };
};

/** What finding an item is worth: 1, its value, or 2^value - 1; an item without a value is worth 1. */
export type Gains = 'binary' | 'linear' | 'exponential';

/**
 * DCG@k / IDCG@k, DCG@k = sum over hits of gain / log2(rank + 1); IDCG: the same of the best list of min(k, |relevant|)
 * items (Jarvelin & Kekalainen 2002; exponential gains: Burges et al. 2005). A value below 0 is worth 0.
 */
export const ndcgWith = (gains: Gains): ListMetric => (gains === 'binary' ? ndcg : gradedNdcg(gains));

export const ndcg: ListMetric = {
  over: 'list',
  prepare: () => {
    const { gain, ideal } = discounts();
    return ({ hits, relevant }, k) => {
      const end = Math.min(k, hits.length);
      let sum = 0;
      for (let p = 0; p < end; p++) if (hits[p] === 1) sum += gain(p);
      return sum / ideal(Math.min(k, relevant.length));
    };
  },
};

const gradedNdcg = (gains: Exclude<Gains, 'binary'>): ListMetric => {
  const worth = (grade: number): number =>
    Number.isNaN(grade) ? 1 : Math.max(0, gains === 'linear' ? grade : 2 ** grade - 1);
  return {
    over: 'list',
    prepare: () => {
      const { gain } = discounts();
      return ({ items, hits, relevant, grades }, k) => {
        const worths = Float64Array.from(grades, worth);
        let sum = 0;
        for (let p = 0; p < Math.min(k, hits.length); p++) {
          if (hits[p] === 1) sum += worths[relevant.indexOf(items[p]!)]! * gain(p);
        }
        const best = worths.sort().reverse().subarray(0, k);
        const ideal = best.reduce((total, value, p) => total + value * gain(p), 0);
        return ideal === 0 ? Number.NaN : sum / ideal;
      };
    },
  };
};
