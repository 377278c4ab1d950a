import type { ItemSet, TensorRuntime } from 'recograph';
import { type InferencePass, pickSlots, type Slots, slotFactors, slotLookup } from 'recograph/nn';
import type { Half, Network } from './network.ts';

/** Pairs of a query and an item in one run of the network. */
const PAIRS_AT_ONCE = 2048;

/** Scores without learning; the network's parameters but its tables must be in `pass`. */
export const createScorer = (runtime: TensorRuntime, network: Network, pass: InferencePass) => {
  const { tf } = runtime;
  const half = (side: 'query' | 'item', slots: Slots): Half => {
    const factors = slotFactors(slots);
    return network.half(pass, side, {
      vectors: pass.rows(slotLookup(network.vectors, slots)),
      weights: network.weights && pass.rows(slotLookup(network.weights, slots)),
      x: factors && tf.tensor(factors.data, [...factors.shape]),
      widths: slots.widths,
    });
  };
  /** Row r of one with row r of the other; one query may stand for all items. */
  const block = async (queries: Slots, items: Slots): Promise<Float32Array> => {
    const result = runtime.scope(() => network.combine(pass, half('query', queries), half('item', items)));
    const scores = await result.data<'float32'>();
    result.dispose();
    return scores;
  };
  const pairs = async (queries: Slots, items: Slots, queryOf: Int32Array, itemOf: Int32Array) => {
    const scores = new Float32Array(itemOf.length);
    for (let from = 0; from < scores.length; from += PAIRS_AT_ONCE) {
      const own = queryOf.subarray(from, from + PAIRS_AT_ONCE);
      const single = own.every((query) => query === own[0]);
      const asked = pickSlots(queries, single ? own.subarray(0, 1) : own);
      scores.set(await block(asked, pickSlots(items, itemOf.subarray(from, from + PAIRS_AT_ONCE))), from);
    }
    return scores;
  };

  return {
    /** Row r of the queries with row r of the items. */
    rows: (queries: Slots, items: Slots): Promise<Float32Array> => {
      const rows = upTo(queries.rows);
      return pairs(queries, items, rows, rows);
    },
    /** Each query with its items, in the set's layout. */
    set: async (queries: Slots, items: Slots, set: ItemSet): Promise<Float32Array> => {
      const rows = upTo(items.rows);
      if (set.kind === 'ragged') {
        const queryOf = new Int32Array(items.rows);
        for (let q = 0; q < queries.rows; q++) queryOf.fill(q, set.offsets[q], set.offsets[q + 1]);
        return pairs(queries, items, queryOf, rows);
      }
      const scores = new Float32Array(queries.rows * items.rows);
      for (let q = 0; q < queries.rows; q++) {
        scores.set(await pairs(queries, items, new Int32Array(items.rows).fill(q), rows), q * items.rows);
      }
      return scores;
    },
  };
};

const upTo = (size: number): Int32Array => Int32Array.from({ length: size }, (_, k) => k);
