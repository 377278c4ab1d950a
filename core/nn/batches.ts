import type { Rng } from '../spi/index.ts';

/** 0 .. count - 1 in random order (Fisher & Yates). */
export const shuffled = (count: number, rng: Rng): Int32Array => {
  const order = new Int32Array(count);
  for (let k = 0; k < count; k++) order[k] = k;
  for (let k = count - 1; k > 0; k--) {
    const other = rng.int(k + 1);
    const kept = order[k]!;
    order[k] = order[other]!;
    order[other] = kept;
  }
  return order;
};
