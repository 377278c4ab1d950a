import type { Dataset, FeatureRows, ItemSet, QueryBatch } from '../../spi/index.ts';
import type { Table } from '../parameter.ts';
import type { PointwiseBatch, PointwiseExamples } from '../pointwise.ts';
import { type EncodedSide, encodeSide } from './encode.ts';
import type { FieldLayout, Side } from './layout.ts';
import { type SideRows, type Slots, slotsOf } from './slots.ts';

export interface DatasetSlots {
  /** The user and context fields of a batch, row for row. */
  queries(rows: Pick<PointwiseBatch, 'users' | 'events'>): Slots;
  /** Its item fields. */
  items(rows: Pick<PointwiseBatch, 'items'>): Slots;
  /** All fields side by side. */
  whole(rows: PointwiseBatch): Slots;
  /** 1 for each table row that training on these examples can reach. */
  reached(examples: Pick<PointwiseExamples, 'events' | 'negatives'>): Uint8Array;
  /** How often an epoch over these examples looks up each table row; drawn items by their expectation. */
  occurrences(examples: Pick<PointwiseExamples, 'events' | 'negatives'>): Float64Array;
}

/** A dataset's users, items and contexts, encoded once. */
export const datasetSlots = (layout: FieldLayout, data: Dataset): DatasetSlots => {
  const { users, items, interactions } = data;
  const user = encodeSide(layout, 'user', data.userFeatures, upTo(users.size));
  const context = encodeSide(layout, 'context', interactions.context, undefined);
  const item = encodeSide(layout, 'item', data.itemFeatures, upTo(items.size));
  const ofQuery = ({ users, events }: Pick<PointwiseBatch, 'users' | 'events'>): SideRows[] => [
    { side: user, rows: users },
    { side: context, rows: events },
  ];
  const ofItem = ({ items }: Pick<PointwiseBatch, 'items'>): SideRows => ({ side: item, rows: items });
  return {
    queries: (rows) => slotsOf(ofQuery(rows)),
    items: (rows) => slotsOf([ofItem(rows)]),
    whole: (rows) => slotsOf([...ofQuery(rows), ofItem(rows)]),
    reached: ({ events, negatives }) => {
      const found = new Uint8Array(layout.rows);
      mark(found, user, new Set(events.map((event) => interactions.users[event]!)));
      mark(found, context, events);
      mark(found, item, negatives > 0 ? upTo(items.size) : new Set(events.map((event) => interactions.items[event]!)));
      return found;
    },
    occurrences: ({ events, negatives }) => {
      const counts = new Float64Array(layout.rows);
      let drawn = 0;
      for (const event of events) {
        const others = interactions.weights[event]! > 0 ? negatives : 0;
        drawn += others;
        count(counts, user, interactions.users[event]!, 1 + others);
        count(counts, context, event, 1 + others);
        count(counts, item, interactions.items[event]!, 1);
      }
      if (drawn > 0) for (let k = 0; k < items.size; k++) count(counts, item, k, drawn / items.size);
      return counts;
    },
  };
};

/** Rows that training never reached hold first values, which mean nothing: back to zero, as if the feature were absent. */
export const forgetUnreached = (tables: readonly Table[], reached: Uint8Array): void => {
  for (const { columns, data } of tables) {
    for (let row = 0; row < reached.length; row++) {
      if (!reached[row]) data.fill(0, row * columns, (row + 1) * columns);
    }
  }
};

/** The user and context fields of each query. */
export const querySlots = (layout: FieldLayout, { size, users, userFeatures, context }: QueryBatch): Slots => {
  const rows = upTo(size);
  return slotsOf([
    { side: encodeSide(layout, 'user', rowsOr(userFeatures, size), users), rows },
    { side: encodeSide(layout, 'context', rowsOr(context, size), undefined), rows },
  ]);
};

/** The item fields of each item of a set. */
export const itemSlots = (layout: FieldLayout, { indices, features }: ItemSet): Slots => {
  const side = encodeSide(layout, 'item', rowsOr(features, indices.length), indices);
  return slotsOf([{ side, rows: upTo(indices.length) }]);
};

/** Which rows have no place at all: nothing is known of them. */
export const isBlank = ({ width, places }: Slots, row: number): boolean => {
  for (let k = row * width; k < (row + 1) * width; k++) if (places[k]! >= 0) return false;
  return true;
};

export const hasFeatures = ({ fields }: FieldLayout, ...sides: readonly Side[]): boolean =>
  fields.some(({ kind, side }) => kind !== 'id' && sides.includes(side));

const upTo = (size: number): Int32Array => Int32Array.from({ length: size }, (_, k) => k);

/** Feature rows that say nothing may have no rows either. */
const rowsOr = (features: FeatureRows, rows: number): FeatureRows =>
  features.rows === rows ? features : { rows, columns: {} };

const mark = (found: Uint8Array, side: EncodedSide, rows: Iterable<number>): void => {
  for (const row of rows) {
    for (const place of placesOf(side, row)) found[place] = 1;
  }
};

const count = (counts: Float64Array, side: EncodedSide, row: number, times: number): void => {
  for (const place of placesOf(side, row)) counts[place]! += times;
};

/** The table rows that a row looks up. */
function* placesOf(side: EncodedSide, row: number): Generator<number> {
  for (const field of side) {
    const [from, to] = field.kind === 'one' ? [row, row + 1] : [field.offsets[row]!, field.offsets[row + 1]!];
    for (let k = from; k < to; k++) if (field.places[k]! >= 0) yield field.places[k]!;
  }
}
