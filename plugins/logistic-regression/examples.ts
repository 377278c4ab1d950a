import type { Dataset, Rng } from 'recograph';

export interface LabelConfig {
  readonly label: 'weight' | 'value';
  readonly negatives?: number | undefined;
}

/** The events to learn from, and how many items nobody chose to draw beside each positive. */
export interface TrainingEvents {
  /** Row numbers of `data.interactions`. */
  readonly rows: Uint32Array;
  /** 1 or 0, a row. */
  readonly labels: Uint8Array;
  readonly negatives: number;
}

/**
 * `weight`: an event's label is 1 where its weight is > 0; `value`: where its value is > 0, and events without a value are
 * left out. Where negatives are drawn, events labelled 0 count as well.
 */
export const trainingEvents = (data: Dataset, config: LabelConfig): TrainingEvents => {
  const { length, weights, values } = data.interactions;
  const given = config.label === 'weight' ? weights : values;
  const rows = Uint32Array.from({ length }, (_, k) => k).filter((k) => !Number.isNaN(given[k]!));
  const labels = Uint8Array.from(rows, (k) => (given[k]! > 0 ? 1 : 0));
  return { rows, labels, negatives: config.negatives ?? (labels.includes(0) ? 0 : 4) };
};

/** An item the user has no positive with, uniformly; after 20 draws in vain any item. */
export const negativeSampler = (data: Dataset, rng: Rng): ((user: number) => number) => {
  const { offsets, indices } = data.positives();
  const itemCount = data.items.size;
  return (user) => {
    let item = rng.int(itemCount);
    for (let draw = 0; draw < 20 && contains(indices, offsets[user]!, offsets[user + 1]!, item); draw++) {
      item = rng.int(itemCount);
    }
    return item;
  };
};

const contains = (sorted: Int32Array, from: number, to: number, item: number): boolean => {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return low < to && sorted[low] === item;
};

/** A new random order in place (Fisher-Yates). */
export const shuffle = (order: Uint32Array, rng: Rng): void => {
  for (let k = order.length - 1; k > 0; k--) {
    const other = rng.int(k + 1);
    const kept = order[k]!;
    order[k] = order[other]!;
    order[other] = kept;
  }
};
