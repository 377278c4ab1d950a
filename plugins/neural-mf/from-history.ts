import type { Dataset, Histories, Matrix } from 'recograph';
import { solveSpd } from 'recograph/math';

/** Ridge of the map, relative to the mean diagonal of its normal equations. */
const RIDGE = 1e-3;

/** How an event counts. */
export interface EventWeights {
  /** By its value less `mean`, events without one not at all; else 1 for a positive. */
  readonly explicit: boolean;
  readonly mean: number;
}

type Events = Pick<Histories, 'offsets' | 'items' | 'values' | 'weights' | 'times'>;

/**
 * What each item says of who takes it, G [items x columns of the users' rows]: a user without a trained row is given the
 * mean over the history of w G(item), w the event's weight. G(i) = W'(c(i), 1), c(i) the mean of w row(u) over the users u
 * who took i, and W the minimum of sum over trained users |row(u) - mean over their history of w W'(c, 1)|^2 + ridge |W|^2:
 * users who took the same say who this one is (a linear map as in Gantner et al. 2010).
 */
export const fitHistoryRows = (data: Dataset, users: Matrix, weights: EventWeights): Matrix => {
  const { userOffsets: offsets, ...rest } = data.interactions;
  const events: Events = { ...rest, offsets };
  const takers = meansOfTakers(events, data.items.size, users, weights);
  const [n, m] = [takers.columns, users.columns];
  const gram = new Float64Array(n * n);
  const right = new Float64Array(n * m);
  for (let user = 0; user < users.rows; user++) {
    const x = historyRow(events, user, takers, weights);
    if (!x) continue;
    for (let a = 0; a < n; a++) {
      for (let b = 0; b <= a; b++) gram[a * n + b]! += x[a]! * x[b]!;
      for (let c = 0; c < m; c++) right[a * m + c]! += x[a]! * users.data[user * m + c]!;
    }
  }
  let trace = 0;
  for (let a = 0; a < n; a++) trace += gram[a * n + a]!;
  for (let a = 0; a < n; a++) gram[a * n + a]! += (RIDGE * trace) / n || 1;
  const map = solveSpd(gram, right, n, m) ?? new Float64Array(n * m);
  const rows = new Float32Array(takers.rows * m);
  for (let item = 0; item < takers.rows; item++) {
    for (let a = 0; a < n; a++) {
      const x = takers.data[item * n + a]!;
      for (let c = 0; c < m; c++) rows[item * m + c]! += x * map[a * m + c]!;
    }
  }
  return { rows: takers.rows, columns: m, data: rows };
};

/** (c(i), 1) of every item; zeros and 1 for one that nobody took. */
const meansOfTakers = (events: Events, items: number, users: Matrix, weights: EventWeights): Matrix => {
  const columns = users.columns + 1;
  const data = new Float32Array(items * columns);
  const counts = new Float64Array(items);
  for (let user = 0; user < users.rows; user++) {
    for (let k = events.offsets[user]!; k < events.offsets[user + 1]!; k++) {
      const weight = weightOf(events, k, weights);
      if (Number.isNaN(weight)) continue;
      const item = events.items[k]!;
      counts[item]! += 1;
      for (let c = 0; c < users.columns; c++) {
        data[item * columns + c]! += weight * users.data[user * users.columns + c]!;
      }
    }
  }
  for (let item = 0; item < items; item++) {
    for (let c = 0; c < users.columns; c++) data[item * columns + c]! /= counts[item]! || 1;
    data[item * columns + users.columns] = 1;
  }
  return { rows: items, columns, data };
};

/** Mean over a history of w row(item), of its events up to `until` (ms) where given; undefined without a usable event. */
export const historyRow = (
  histories: Events,
  query: number,
  { rows, columns, data }: Matrix,
  weights: EventWeights,
  until = Number.POSITIVE_INFINITY,
): Float64Array | undefined => {
  const sum = new Float64Array(columns);
  let count = 0;
  for (let k = histories.offsets[query]!; k < histories.offsets[query + 1]!; k++) {
    const item = histories.items[k]!;
    const weight = weightOf(histories, k, weights);
    if (Number.isNaN(weight) || item < 0 || item >= rows || histories.times[k]! > until) continue;
    for (let c = 0; c < columns; c++) sum[c]! += weight * data[item * columns + c]!;
    count++;
  }
  return count === 0 ? undefined : sum.map((value) => value / count);
};

/** NaN where the event says nothing. */
const weightOf = ({ values, weights }: Events, event: number, { explicit, mean }: EventWeights): number => {
  if (explicit) return values[event]! - mean;
  return weights[event]! > 0 ? 1 : Number.NaN;
};
