import type { Csr, Rng } from '../../spi/index.ts';

export interface SharedNegativesConfig {
  /** Items drawn for a step with equal chances. */
  readonly uniform: number;
  /** Items drawn for a step from its targets, so by popularity. */
  readonly inBatch: number;
  /** Whether an item weighs 1 / (how often it is drawn): the log Q correction (Yi et al. 2019). Else all weigh 1. */
  readonly logQ: boolean;
}

/** A step's negatives, the same for all its users. */
export interface SharedNegatives {
  /** No item twice. */
  readonly items: Int32Array;
  /** [users x items]; 0 where the item is one of the user's positives. */
  readonly weights: Float32Array;
}

/** Draws them; `positives` is [users x items]. */
export const sharedNegatives = (positives: Csr, config: SharedNegativesConfig) => {
  const { columns: count, offsets, indices } = positives;
  const uniform = Math.min(config.uniform, count);
  const popularity = new Float64Array(count);
  for (const item of indices) popularity[item]! += 1 / indices.length;
  const order = Int32Array.from({ length: count }, (_, item) => item);
  const place = new Int32Array(count).fill(-1);
  const swapped = new Int32Array(uniform);
  const swap = (a: number, b: number): void => {
    const kept = order[a]!;
    order[a] = order[b]!;
    order[b] = kept;
  };

  return (users: Int32Array, targets: Int32Array, rng: Rng): SharedNegatives => {
    const inBatch = Math.min(config.inBatch, targets.length);
    const items = new Int32Array(Math.min(count, uniform + inBatch));
    let drawn = 0;
    const take = (item: number): void => {
      if (place[item]! >= 0) return;
      place[item] = drawn;
      items[drawn++] = item;
    };
    for (let k = 0; k < uniform; k++) {
      swapped[k] = k + rng.int(count - k);
      swap(k, swapped[k]!);
      take(order[k]!);
    }
    // As it was: what is drawn depends on the rng alone, also after a resume.
    for (let k = uniform - 1; k >= 0; k--) swap(k, swapped[k]!);
    for (let k = 0; k < inBatch; k++) take(targets[rng.int(targets.length)]!);
    const own = Float32Array.from(items.subarray(0, drawn), (item) =>
      config.logQ ? 1 / Math.min(1, uniform / count + inBatch * popularity[item]!) : 1,
    );
    const weights = new Float32Array(users.length * drawn);
    users.forEach((user, row) => {
      weights.set(own, row * drawn);
      for (let k = offsets[user]!; k < offsets[user + 1]!; k++) {
        const at = place[indices[k]!]!;
        if (at >= 0) weights[row * drawn + at] = 0;
      }
    });
    for (let k = 0; k < drawn; k++) place[items[k]!] = -1;
    return { items: items.subarray(0, drawn), weights };
  };
};
