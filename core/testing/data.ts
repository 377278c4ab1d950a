import type { Dataset, FeatureColumn, FeatureRows, Rng } from 'recograph';
import { createDataset, createVocabulary, FIRST_CODE, MISSING_CODE, sortInteractions } from 'recograph';
import { createRng } from 'recograph/math';

export interface ConformanceDataOptions {
  /** Default 24. The last one has no event. */
  readonly users?: number;
  /** Default 20. Nobody chose the last one. */
  readonly items?: number;
  /** Default 8; 0 = vocabularies and features alone. */
  readonly eventsPerUser?: number;
}

const TASTES = 3;
const DAY_MS = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const WORDS = ['river', 'night', 'garden', 'engine', 'winter', 'letter', 'island', 'mirror', 'signal'];

/**
 * A small data set with everything that a component may read, the same for the same seed. Users and items have one of
 * three tastes; most events are within it. Events are ratings 1 .. 5 (a positive from 4 on) and clicks without a value;
 * some repeat; their context is `device` (categorical; people rate lower on the last one) and `hour` (dense).
 * Users: `segment` (categorical), `age` (dense), `interests` (bag). Items: `title` (text), `categories` (bag), `brand`
 * (categorical), `price` (dense), `embedding` (dense, width 4). The first item and the first user have no features.
 */
export const conformanceData = (seed = 1, options: ConformanceDataOptions = {}): Dataset => {
  const { users = 24, items = 20, eventsPerUser = 8 } = options;
  const rng = createRng(seed);
  return createDataset({
    users: createVocabulary(Array.from({ length: users }, (_, u) => `user-${u}`)),
    items: createVocabulary(Array.from({ length: items }, (_, i) => `item-${i}`)),
    interactions: sortInteractions(events(users, items, eventsPerUser, rng.fork('events')), users),
    userFeatures: userFeatures(users, rng.fork('users')),
    itemFeatures: itemFeatures(items, rng.fork('items')),
  });
};

const events = (users: number, items: number, each: number, rng: Rng) => {
  const active = users > 1 ? users - 1 : users;
  const chosen = items > 1 ? items - 1 : items;
  const length = chosen === 0 ? 0 : active * each;
  const user = Int32Array.from({ length }, (_, k) => k % active);
  const item = user.map((u) => pickItem(u, chosen, rng));
  const device = Int32Array.from({ length }, () => rng.int(3));
  const rated = Uint8Array.from({ length }, (_, k) => (k % 4 === 3 ? 0 : 1));
  const values = Float32Array.from({ length }, (_, k) => {
    if (rated[k] === 0) return Number.NaN;
    const liked = user[k]! % TASTES === item[k]! % TASTES ? 4 : 2;
    return Math.max(1, Math.min(5, liked + rng.int(2) - (device[k] === 2 ? 1 : 0)));
  });
  return {
    users: user,
    items: item,
    values,
    weights: values.map((value) => (Number.isNaN(value) || value >= 4 ? 1 : 0)),
    times: Float64Array.from({ length }, (_, k) => START + k * 0.25 * DAY_MS + rng.int(3600) * 1000),
    types: rated.map((is) => 1 - is),
    typeNames: ['rating', 'click'],
    context: {
      rows: length,
      columns: {
        device: { kind: 'categorical', size: 5, codes: device.map((code) => FIRST_CODE + code) },
        hour: { kind: 'dense', width: 1, values: Float32Array.from({ length }, () => rng.int(24) / 24) },
      },
    } satisfies FeatureRows,
  };
};

const pickItem = (user: number, items: number, rng: Rng): number => {
  const item = rng.int(items);
  if (rng.next() < 0.25) return item;
  const own = item - (item % TASTES) + (user % TASTES);
  return own < items ? own : item;
};

const userFeatures = (rows: number, rng: Rng): FeatureRows => ({
  rows,
  columns: {
    segment: codes(rows, (u) => u % TASTES, TASTES),
    age: { kind: 'dense', width: 1, values: numbers(rows, 1, rng) },
    interests: bag(rows, 6, (u) => [u % TASTES, TASTES + rng.int(3)]),
  },
});

const itemFeatures = (rows: number, rng: Rng): FeatureRows => ({
  rows,
  columns: {
    title: {
      kind: 'text',
      values: Array.from({ length: rows }, (_, i) => (i === 0 ? null : `${wordOf(i % 3)} ${wordOf(3 + rng.int(6))}`)),
    },
    categories: bag(rows, 6, (i) => [i % TASTES, TASTES + rng.int(3)]),
    brand: codes(rows, () => rng.int(4), 4),
    price: { kind: 'dense', width: 1, values: numbers(rows, 1, rng) },
    embedding: { kind: 'dense', width: 4, values: numbers(rows, 4, rng) },
  },
});

const wordOf = (place: number): string => WORDS[place]!;

/** Row 0 is missing. */
const numbers = (rows: number, width: number, rng: Rng): Float32Array =>
  Float32Array.from({ length: rows * width }, (_, k) => (k < width ? Number.NaN : rng.normal()));

const codes = (rows: number, labelOf: (row: number) => number, labels: number): FeatureColumn => ({
  kind: 'categorical',
  size: FIRST_CODE + labels,
  codes: Int32Array.from({ length: rows }, (_, row) => (row === 0 ? MISSING_CODE : FIRST_CODE + labelOf(row))),
});

const bag = (rows: number, labels: number, labelsOf: (row: number) => readonly number[]): FeatureColumn => {
  const bags = Array.from({ length: rows }, (_, row) => (row === 0 ? [] : labelsOf(row)));
  const offsets = new Uint32Array(rows + 1);
  for (let row = 0; row < rows; row++) offsets[row + 1] = offsets[row]! + bags[row]!.length;
  return {
    kind: 'bag',
    size: FIRST_CODE + labels,
    offsets,
    codes: Int32Array.from(bags.flat(), (label) => FIRST_CODE + label),
  };
};
