import type { Dataset, QueryBatch } from '../spi/index.ts';
import { gatherFeatures, noFeatures } from './dataset.ts';

/**
 * Queries of users of a dataset, their whole history in it as what they did so far, asked at `data.until`.
 * `seed` makes the queries' own seeds.
 */
export const queriesOf = (data: Dataset, users: Int32Array, seed = 0): QueryBatch => {
  const { interactions } = data;
  const offsets = new Uint32Array(users.length + 1);
  for (let q = 0; q < users.length; q++) {
    const user = users[q]!;
    offsets[q + 1] = offsets[q]! + interactions.userOffsets[user + 1]! - interactions.userOffsets[user]!;
  }
  const rows = offsets[users.length]!;
  const histories = {
    offsets,
    items: new Int32Array(rows),
    values: new Float32Array(rows),
    weights: new Float32Array(rows),
    times: new Float64Array(rows),
    types: new Uint8Array(rows),
  };
  for (let q = 0, next = 0; q < users.length; q = next) {
    // neighbours in the data set are copied as one
    for (next = q + 1; next < users.length && users[next] === users[next - 1]! + 1; ) next++;
    const from = interactions.userOffsets[users[q]!]!;
    const to = interactions.userOffsets[users[next - 1]! + 1]!;
    histories.items.set(interactions.items.subarray(from, to), offsets[q]);
    histories.values.set(interactions.values.subarray(from, to), offsets[q]);
    histories.weights.set(interactions.weights.subarray(from, to), offsets[q]);
    histories.times.set(interactions.times.subarray(from, to), offsets[q]);
    histories.types.set(interactions.types.subarray(from, to), offsets[q]);
  }
  return {
    size: users.length,
    users,
    seeds: Uint32Array.from(users, (user) => (Math.imul(user + 1, 0x9e3779b1) ^ seed) >>> 0),
    histories,
    userFeatures: gatherFeatures(data.userFeatures, users),
    context: noFeatures(users.length),
    now: new Float64Array(users.length).fill(data.until),
    extra: {},
  };
};
