import type { Csr, Rng } from 'recograph';
import { type Histories, unitHistories } from './histories.ts';

/** While learning, leaves out each entry with probability `rate` and scales the others by 1 / (1 - rate). */
export const dropEntries = ({ offsets, indices, values }: Histories, rate: number, rng: Rng): Histories => {
  const rows = offsets.length - 1;
  const kept = { offsets: new Uint32Array(rows + 1), indices: new Int32Array(indices.length) };
  const scaled = new Float32Array(indices.length);
  let count = 0;
  for (let r = 0; r < rows; r++) {
    for (let k = offsets[r]!; k < offsets[r + 1]!; k++) {
      if (rng.next() < rate) continue;
      kept.indices[count] = indices[k]!;
      scaled[count++] = values[k]! / (1 - rate);
    }
    kept.offsets[r + 1] = count;
  }
  return { offsets: kept.offsets, indices: kept.indices.subarray(0, count), values: scaled.subarray(0, count) };
};

/** The items whose outputs a step computes. */
export interface Outputs {
  readonly items: Int32Array;
  /** For how many items each stands in sums over all items. */
  readonly weights: Float32Array;
  /** [rows x items]: 1 where the row's user chose the item. */
  readonly targets: Float32Array;
}

/**
 * All items, or the items that `rows` of the positives hold (weight 1) and `sampled` of the others, drawn without
 * replacement (weight others / sampled): sums over all items stay unbiased.
 */
export const outputsOf = (positives: Csr, rows: Int32Array, sampled: number | undefined, rng: Rng): Outputs => {
  const count = positives.columns;
  const place = new Int32Array(count).fill(-1);
  let items = Int32Array.from({ length: count }, (_, item) => item);
  let weights = new Float32Array(count).fill(1);
  if (sampled !== undefined) {
    let chosen = 0;
    for (const row of rows) {
      for (let k = positives.offsets[row]!; k < positives.offsets[row + 1]!; k++) {
        const item = positives.indices[k]!;
        if (place[item]! < 0) place[item] = chosen++;
      }
    }
    const others = items.filter((item) => place[item]! < 0);
    const drawn = Math.min(sampled, others.length);
    for (let k = 0; k < drawn; k++) {
      const other = k + rng.int(others.length - k);
      [others[k], others[other]] = [others[other]!, others[k]!];
      place[others[k]!] = chosen + k;
    }
    items = new Int32Array(chosen + drawn);
    place.forEach((at, item) => {
      if (at >= 0) items[at] = item;
    });
    weights = new Float32Array(items.length).fill(1).fill(others.length / drawn, chosen);
  } else place.set(items);
  const targets = new Float32Array(rows.length * items.length);
  rows.forEach((row, r) => {
    for (let k = positives.offsets[row]!; k < positives.offsets[row + 1]!; k++) {
      targets[r * items.length + place[positives.indices[k]!]!] = 1;
    }
  });
  return { items, weights, targets };
};

export const inputsOf = (positives: Csr, rows: Int32Array, dropout: number, rng: Rng): Histories =>
  dropEntries(unitHistories(positives, rows), dropout, rng);
