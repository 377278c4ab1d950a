import { gatherFeatures } from '../data/index.ts';
import type { Histories, QueryBatch, Ragged } from '../spi/index.ts';
import type { RequestBatch } from './types.ts';

/** The queries at these places, in that order. `extra` holds for all and is passed on. */
export const selectQueries = (queries: QueryBatch, rows: Int32Array): QueryBatch => {
  if (isAll(rows, queries.size)) return queries;
  return {
    size: rows.length,
    users: Int32Array.from(rows, (row) => queries.users[row]!),
    seeds: Uint32Array.from(rows, (row) => queries.seeds[row]!),
    histories: selectHistories(queries.histories, rows),
    userFeatures: gatherFeatures(queries.userFeatures, rows),
    context: gatherFeatures(queries.context, rows),
    now: Float64Array.from(rows, (row) => queries.now[row]!),
    extra: queries.extra,
  };
};

export const selectRequests = (batch: RequestBatch, rows: Int32Array): RequestBatch => {
  if (isAll(rows, batch.queries.size)) return batch;
  return {
    queries: selectQueries(batch.queries, rows),
    n: Uint32Array.from(rows, (row) => batch.n[row]!),
    exclude: selectRows(batch.exclude, rows),
    excludeSeen: Int8Array.from(rows, (row) => batch.excludeSeen[row]!),
    allow: Array.from(rows, (row) => batch.allow[row]),
    diversity: Float32Array.from(rows, (row) => batch.diversity[row]!),
    deadline: Float64Array.from(rows, (row) => batch.deadline[row]!),
    ...(batch.tiesLast ? { tiesLast: selectRows(batch.tiesLast, rows) } : {}),
  };
};

export const selectRows = (ragged: Ragged, rows: Int32Array): Ragged => {
  if (isAll(rows, ragged.offsets.length - 1)) return ragged;
  const { offsets, from } = placesOf(ragged.offsets, rows);
  const values = new Int32Array(from.length);
  for (let k = 0; k < from.length; k++) values[k] = ragged.values[from[k]!]!;
  return { offsets, values };
};

/** The batch without the history rows of items outside `0 .. bound - 1`. */
export const hideItems = (queries: QueryBatch, bound: number): QueryBatch => {
  const { histories, size } = queries;
  if (isWithin(histories.items, bound)) return queries;
  const offsets = new Uint32Array(size + 1);
  const kept: number[] = [];
  for (let q = 0; q < size; q++) {
    for (let k = histories.offsets[q]!; k < histories.offsets[q + 1]!; k++) {
      if (histories.items[k]! >= 0 && histories.items[k]! < bound) kept.push(k);
    }
    offsets[q + 1] = kept.length;
  }
  return { ...queries, histories: gatherHistories(histories, offsets, Uint32Array.from(kept)) };
};

/** Whether all are items `0 .. bound - 1`. */
export const isWithin = (items: Int32Array, bound: number): boolean => {
  for (let k = 0; k < items.length; k++) if (items[k]! < 0 || items[k]! >= bound) return false;
  return true;
};

const isAll = (rows: Int32Array, size: number): boolean => {
  if (rows.length !== size) return false;
  for (let k = 0; k < size; k++) if (rows[k] !== k) return false;
  return true;
};

const selectHistories = (histories: Histories, rows: Int32Array): Histories => {
  const { offsets, from } = placesOf(histories.offsets, rows);
  return gatherHistories(histories, offsets, from);
};

const gatherHistories = (histories: Histories, offsets: Uint32Array, from: Uint32Array): Histories => {
  const items = new Int32Array(from.length);
  const values = new Float32Array(from.length);
  const weights = new Float32Array(from.length);
  const times = new Float64Array(from.length);
  const types = new Uint8Array(from.length);
  for (let k = 0; k < from.length; k++) {
    items[k] = histories.items[from[k]!]!;
    values[k] = histories.values[from[k]!]!;
    weights[k] = histories.weights[from[k]!]!;
    times[k] = histories.times[from[k]!]!;
    types[k] = histories.types[from[k]!]!;
  }
  return { offsets, items, values, weights, times, types };
};

/** Offsets of the chosen rows laid end to end, and the place each entry comes from. */
const placesOf = (source: Uint32Array, rows: Int32Array): { offsets: Uint32Array; from: Uint32Array } => {
  const offsets = new Uint32Array(rows.length + 1);
  for (let r = 0; r < rows.length; r++) offsets[r + 1] = offsets[r]! + source[rows[r]! + 1]! - source[rows[r]!]!;
  const from = new Uint32Array(offsets[rows.length]!);
  for (let r = 0; r < rows.length; r++) {
    for (let k = 0; k < offsets[r + 1]! - offsets[r]!; k++) from[offsets[r]! + k] = source[rows[r]!]! + k;
  }
  return { offsets, from };
};
