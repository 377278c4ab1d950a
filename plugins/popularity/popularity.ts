import type { Capabilities, ComponentState, Dataset, FittedModel, ItemList, Limits, Model } from 'recograph';
import { limitOf, scoreRows, throwIfCancelled } from 'recograph';
import { topK } from 'recograph/math';

const DAY_MS = 86_400_000;

const capabilities: Capabilities = {
  feedback: ['implicit'],
  coldUsers: ['alike'],
  coldItems: false,
  sequential: false,
  context: false,
  calibrated: 'none',
};

export const createPopularity = (config: { halfLifeDays?: number | undefined }): Model => ({
  fit: async (data, _inputs, { signal, report }) => {
    throwIfCancelled(signal);
    const counts = countPositives(data, config.halfLifeDays);
    const fitted = fittedPopularity(counts, topK(counts, counts.length).items);
    report({ epoch: 1, epochs: 1 });
    throwIfCancelled(signal);
    return fitted;
  },
  restore: ({ tensors: { counts, order } }) =>
    fittedPopularity(counts!.data as Float32Array, order!.data as Int32Array),
});

/**
 * score(i) = sum over events e of item i of weight(e) * 2^(-(until - time(e)) / halfLife).
 * An event without a time counts as new.
 */
const countPositives = (data: Dataset, halfLifeDays: number | undefined): Float32Array => {
  const { length, items, weights, times } = data.interactions;
  const counts = new Float64Array(data.items.size);
  const decay = halfLifeDays === undefined ? 0 : Math.LN2 / (halfLifeDays * DAY_MS);
  for (let k = 0; k < length; k++) {
    const age = data.until - times[k]!;
    counts[items[k]!]! += weights[k]! * (decay > 0 && age > 0 ? Math.exp(-decay * age) : 1);
  }
  return Float32Array.from(counts);
};

/** `order` has all items, the most popular first. */
const fittedPopularity = (counts: Float32Array, order: Int32Array): FittedModel => {
  const walk = (n: number, limits: Limits, query: number): ItemList => {
    const allowed = limitOf(limits, query);
    const items = new Int32Array(Math.min(n, order.length));
    const scores = new Float32Array(items.length);
    let size = 0;
    for (let place = 0; place < order.length && size < items.length; place++) {
      const item = order[place]!;
      if (!allowed(item)) continue;
      scores[size] = counts[item]!;
      items[size++] = item;
    }
    return { items: items.subarray(0, size), scores: scores.subarray(0, size) };
  };

  return {
    capabilities,
    score: async (queries, items) =>
      scoreRows(queries, items, (_query, indices, scores) => {
        for (let k = 0; k < indices.length; k++) scores[k] = counts[indices[k]!] ?? Number.NaN;
      }),
    recommend: async (queries, n, limits) => Array.from({ length: queries.size }, (_, q) => walk(n, limits, q)),
    state: (): ComponentState => ({
      json: {},
      tensors: { counts: { shape: [counts.length], data: counts }, order: { shape: [order.length], data: order } },
    }),
  };
};
