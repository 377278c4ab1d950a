import { raggedOf } from '../../data/index.ts';
import type { Ragged, Rng } from '../../spi/index.ts';
import { shuffled } from '../batches.ts';

/** Ways to change a sequence that leave what it tells about as it is (CL4SRec, Xie et al. 2022, section III-B). */
export type Augmentation = 'crop' | 'mask' | 'reorder';

/** Shares of a sequence: what a crop keeps, what a mask hides, what is put in another order. */
const SHARE: Readonly<Record<Augmentation, number>> = { crop: 0.6, mask: 0.3, reorder: 0.2 };

export interface Augmented {
  /** Row r is the r-th of the chosen sequences, cropped or reordered. */
  readonly sequences: Ragged;
  /** By place of `sequences.values`: 1 where an input is hidden. What is to be told from it is not. */
  readonly hidden: Uint8Array;
}

/** Changes each of the `chosen` sequences in one of the `ways`, or, as often as in each of them, not at all. */
export const augment = (
  { offsets, values }: Ragged,
  chosen: Int32Array,
  ways: readonly Augmentation[],
  rng: Rng,
): Augmented => {
  const parts = Array.from(chosen, (row) => {
    const items = values.subarray(offsets[row]!, offsets[row + 1]!);
    const way = ways[rng.int(ways.length + 1)];
    if (way === 'crop') return { items: crop(items, rng) };
    if (way === 'reorder') return { items: reorder(items, rng) };
    return way === 'mask' ? { items, hidden: hide(items.length, rng) } : { items };
  });
  const changed = raggedOf(parts.map(({ items }) => items));
  const hidden = new Uint8Array(changed.values.length);
  parts.forEach((part, r) => {
    if (part.hidden) hidden.set(part.hidden, changed.offsets[r]);
  });
  return { sequences: changed, hidden };
};

/** A run of the steps; two at least, so that one tells of the other. */
const crop = (items: Int32Array, rng: Rng): Int32Array => {
  const size = Math.min(items.length, Math.max(2, Math.floor(items.length * SHARE.crop)));
  const from = rng.int(items.length - size + 1);
  return items.subarray(from, from + size);
};

const hide = (length: number, rng: Rng): Uint8Array => {
  const hidden = new Uint8Array(length);
  const order = shuffled(length, rng);
  for (let k = 0; k < Math.floor(length * SHARE.mask); k++) hidden[order[k]!] = 1;
  return hidden;
};

/** A run of the steps in random order. */
const reorder = (items: Int32Array, rng: Rng): Int32Array => {
  const size = Math.floor(items.length * SHARE.reorder);
  const from = rng.int(items.length - size + 1);
  const changed = items.slice();
  shuffled(size, rng).forEach((other, k) => {
    changed[from + k] = items[from + other]!;
  });
  return changed;
};
