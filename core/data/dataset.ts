import { createHash } from 'node:crypto';
import type { Csr, Dataset, FeatureRows, Interactions, QueryBatch, Vocabulary } from '../spi/index.ts';
import { csrFromTriplets, transpose } from './csr.ts';

export const noFeatures = (rows: number): FeatureRows => ({ rows, columns: {} });

/** Histories of `size` queries of whom nothing is known. */
export const noHistories = (size: number): QueryBatch['histories'] => ({
  offsets: new Uint32Array(size + 1),
  items: new Int32Array(0),
  values: new Float32Array(0),
  weights: new Float32Array(0),
  times: new Float64Array(0),
  types: new Uint8Array(0),
});

/** Columns of a data set before they are sorted; what is left out takes its neutral value. */
export interface EventArrays {
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly values?: Float32Array;
  readonly weights?: Float32Array;
  readonly times?: Float64Array;
  readonly types?: Uint8Array;
  readonly typeNames?: readonly string[];
  readonly eventIds?: Float64Array;
  readonly context?: FeatureRows;
}

/** Sorts events by user, then time (unknown times keep the order of the source), then event id. */
export const sortInteractions = (events: EventArrays, userCount: number): Interactions => {
  const length = events.users.length;
  const times = events.times ?? new Float64Array(length).fill(Number.NaN);
  const eventIds = events.eventIds ?? Float64Array.from({ length }, (_, k) => k);
  const userOffsets = new Uint32Array(userCount + 1);
  for (const user of events.users) userOffsets[user + 1]!++;
  for (let u = 0; u < userCount; u++) userOffsets[u + 1]! += userOffsets[u]!;
  const order = new Uint32Array(length);
  const cursor = userOffsets.slice(0, userCount);
  for (let k = 0; k < length; k++) order[cursor[events.users[k]!]!++] = k;
  for (let u = 0; u < userCount; u++) sortRange(order, userOffsets[u]!, userOffsets[u + 1]!, times, eventIds);

  return {
    length,
    users: gather(events.users, order),
    items: gather(events.items, order),
    values: events.values ? gather(events.values, order) : new Float32Array(length).fill(Number.NaN),
    weights: events.weights ? gather(events.weights, order) : new Float32Array(length).fill(1),
    times: gather(times, order),
    types: events.types ? gather(events.types, order) : new Uint8Array(length),
    typeNames: events.typeNames ?? ['interaction'],
    eventIds: gather(eventIds, order),
    userOffsets,
    context: gatherFeatures(events.context ?? noFeatures(length), order),
  };
};

/** The rows `order` names, in that order. */
export const gatherFeatures = (features: FeatureRows, order: ArrayLike<number>): FeatureRows => {
  const columns = new Map<string, FeatureRows['columns'][string]>();
  for (const [name, column] of Object.entries(features.columns)) {
    switch (column.kind) {
      case 'categorical':
        columns.set(name, { ...column, codes: gather(column.codes, order) });
        break;
      case 'text':
        columns.set(name, { kind: 'text', values: Array.from(order, (row) => column.values[row] ?? null) });
        break;
      case 'dense': {
        const values = new Float32Array(order.length * column.width);
        for (let r = 0; r < order.length; r++) {
          const from = order[r]! * column.width;
          values.set(column.values.subarray(from, from + column.width), r * column.width);
        }
        columns.set(name, { ...column, values });
        break;
      }
      case 'bag': {
        const offsets = new Uint32Array(order.length + 1);
        for (let r = 0; r < order.length; r++) {
          offsets[r + 1] = offsets[r]! + column.offsets[order[r]! + 1]! - column.offsets[order[r]!]!;
        }
        const codes = new Int32Array(offsets[order.length]!);
        for (let r = 0; r < order.length; r++) {
          codes.set(column.codes.subarray(column.offsets[order[r]!]!, column.offsets[order[r]! + 1]!), offsets[r]!);
        }
        columns.set(name, { ...column, offsets, codes });
      }
    }
  }
  return { rows: order.length, columns: Object.fromEntries(columns) };
};

/** A dataset over sorted interactions. The fingerprint covers ids, events and feature columns. */
export const createDataset = (parts: {
  users: Vocabulary;
  items: Vocabulary;
  interactions: Interactions;
  userFeatures?: FeatureRows;
  itemFeatures?: FeatureRows;
}): Dataset => {
  const { users, items, interactions } = parts;
  const userFeatures = parts.userFeatures ?? noFeatures(users.size);
  const itemFeatures = parts.itemFeatures ?? noFeatures(items.size);
  let positives: Csr | undefined;
  let byItem: Csr | undefined;
  let print: string | undefined;
  let until = Number.NEGATIVE_INFINITY;
  for (const time of interactions.times) if (time > until) until = time;
  const self: Dataset = {
    users,
    items,
    interactions,
    userFeatures,
    itemFeatures,
    until: until === Number.NEGATIVE_INFINITY ? 0 : until,
    get fingerprint() {
      print ??= fingerprintOf(self);
      return print;
    },
    positives: () => {
      positives ??= csrFromTriplets(
        users.size,
        items.size,
        interactions.users,
        interactions.items,
        interactions.weights,
      );
      return positives;
    },
    positivesByItem: () => {
      byItem ??= transpose(self.positives());
      return byItem;
    },
  };
  return self;
};

const fingerprintOf = (data: Dataset): string => {
  const hash = createHash('sha256');
  const bytes = (array: ArrayBufferView) =>
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  for (const vocabulary of [data.users, data.items]) {
    for (let i = 0; i < vocabulary.size; i++) hash.update(vocabulary.id(i)).update('\0');
    hash.update('\n');
  }
  const { users, items, values, weights, times, types, typeNames, context } = data.interactions;
  for (const array of [users, items, values, weights, times, types]) bytes(array);
  hash.update(JSON.stringify(typeNames));
  for (const features of [data.userFeatures, data.itemFeatures, context]) {
    for (const [name, column] of Object.entries(features.columns)) {
      hash.update(`${name}\0${column.kind}\0`);
      if (column.kind === 'text') hash.update(JSON.stringify(column.values));
      else if (column.kind === 'dense') bytes(column.values);
      else bytes(column.codes);
      if (column.kind === 'bag') bytes(column.offsets);
    }
  }
  return hash.digest('hex');
};

type Numbers = Int32Array | Float32Array | Float64Array | Uint8Array;
const gather = <A extends Numbers>(array: A, order: ArrayLike<number>): A => {
  const result = new (array.constructor as new (length: number) => A)(order.length);
  for (let k = 0; k < order.length; k++) result[k] = array[order[k]!]!;
  return result;
};

/** Sorts places `from .. to` of `order` by time, then event id; an unknown time compares as equal. */
const sortRange = (order: Uint32Array, from: number, to: number, times: Float64Array, ids: Float64Array): void => {
  let sorted = true;
  const compare = (a: number, b: number): number => times[a]! - times[b]! || ids[a]! - ids[b]!;
  for (let k = from + 1; k < to && sorted; k++) sorted = !(compare(order[k - 1]!, order[k]!) > 0);
  if (!sorted) order.subarray(from, to).sort(compare);
};
