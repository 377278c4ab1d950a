import {
  type Csr,
  csrFromTriplets,
  type Dataset,
  type FittedModel,
  type Model,
  scoreRows,
  throwIfCancelled,
} from 'recograph';

export interface MarkovChainConfig {
  /** Added to every count: how far P is drawn towards "anything may follow". */
  readonly smoothing: number;
}

/** P(next item | last item), counted over consecutive positives of each user (Markov chain of order 1). */
export const createMarkovChain = ({ smoothing }: MarkovChainConfig): Model => ({
  fit: async (data, _inputs, { signal, report }) => {
    throwIfCancelled(signal);
    const counts = countSteps(data);
    report({ epoch: 1, epochs: 1 });
    return fitted(counts, smoothing);
  },
  restore: ({ tensors }) => {
    const { offsets, indices, values } = tensors;
    const size = offsets!.shape[0]! - 1;
    const counts = {
      rows: size,
      columns: size,
      offsets: offsets!.data as Uint32Array,
      indices: indices!.data as Int32Array,
      values: values!.data as Float32Array,
    };
    return fitted(counts, smoothing);
  },
});

const countSteps = ({ interactions, items }: Dataset): Csr => {
  const from: number[] = [];
  const to: number[] = [];
  const { users, items: chosen, weights, length } = interactions;
  let [user, last] = [-1, -1];
  for (let k = 0; k < length; k++) {
    if (!(weights[k]! > 0)) continue;
    if (users[k] === user) {
      from.push(last);
      to.push(chosen[k]!);
    }
    [user, last] = [users[k]!, chosen[k]!];
  }
  const ones = new Float32Array(from.length).fill(1);
  return csrFromTriplets(items.size, items.size, Int32Array.from(from), Int32Array.from(to), ones);
};

/** (count(last, item) + smoothing) / (count(last) + smoothing * items); NaN for somebody without a history. */
const fitted = (counts: Csr, smoothing: number): FittedModel => ({
  capabilities: {
    feedback: ['implicit'],
    coldUsers: ['history'],
    coldItems: false,
    sequential: true,
    context: false,
    calibrated: 'none',
  },
  score: async (queries, items) => {
    const { offsets, items: seen, weights } = queries.histories;
    return scoreRows(queries, items, (query, candidates, scores) => {
      let k = offsets[query + 1]! - 1;
      while (k >= offsets[query]! && !(weights[k]! > 0 && seen[k]! < counts.rows)) k--;
      if (k < offsets[query]!) {
        scores.fill(Number.NaN);
        return;
      }
      const next = new Map<number, number>();
      let total = smoothing * counts.rows;
      for (let e = counts.offsets[seen[k]!]!; e < counts.offsets[seen[k]! + 1]!; e++) {
        next.set(counts.indices[e]!, counts.values[e]!);
        total += counts.values[e]!;
      }
      candidates.forEach((item, c) => {
        scores[c] = item < counts.rows ? ((next.get(item) ?? 0) + smoothing) / total : Number.NaN;
      });
    });
  },
  state: () => ({
    json: {},
    tensors: {
      offsets: { shape: [counts.offsets.length], data: counts.offsets },
      indices: { shape: [counts.indices.length], data: counts.indices },
      values: { shape: [counts.values.length], data: counts.values },
    },
  }),
});
