import type { Rng } from '../spi/index.ts';

/** 0 .. count - 1 in random order (Fisher & Yates). */
export const shuffled = (count: number, rng: Rng): Int32Array => {
  const order = Int32Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = rng.int(k + 1);
    const kept = order[k]!;
    order[k] = order[other]!;
    order[other] = kept;
  }
  return order;
};
