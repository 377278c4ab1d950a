import type { ItemSet, QueryBatch, TensorRuntime } from '../../spi/index.ts';
import type { InferencePass } from '../pass.ts';
import { isBlank, itemSlots, querySlots } from './dataset-slots.ts';
import type { FieldLayout } from './layout.ts';
import { pickSlots, type Slots } from './slots.ts';
import { slotFactors, slotLookup } from './tensors.ts';
import type { TwoSidedNetwork } from './two-sided.ts';

/** Pairs of a query and an item in one run of the network. */
const PAIRS_AT_ONCE = 2048;

export interface PairScorer {
  /** Row r of the queries with row r of the items, [rows x outputs]. */
  rows(queries: Slots, items: Slots): Promise<Float32Array>;
  /** Each query with its items, in the set's layout, [scores x outputs]; NaN where nothing is known of one side. */
  score(queries: QueryBatch, set: ItemSet): Promise<Float32Array>;
}

/** Scores without learning; the network's parameters but its tables must be in `pass`. */
export const pairScorer = <Half>(
  runtime: TensorRuntime,
  layout: FieldLayout,
  network: TwoSidedNetwork<Half>,
  pass: InferencePass,
): PairScorer => {
  const { tf } = runtime;
  const { outputs } = network;
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
    const scores = new Float32Array(itemOf.length * outputs);
    for (let from = 0; from < itemOf.length; from += PAIRS_AT_ONCE) {
      const own = queryOf.subarray(from, from + PAIRS_AT_ONCE);
      const single = own.every((query) => query === own[0]);
      const asked = pickSlots(queries, single ? own.subarray(0, 1) : own);
      const picked = pickSlots(items, itemOf.subarray(from, from + PAIRS_AT_ONCE));
      scores.set(await block(asked, picked), from * outputs);
    }
    return scores;
  };
  const ofSet = async (queries: Slots, items: Slots, set: ItemSet): Promise<Float32Array> => {
    const rows = upTo(items.rows);
    if (set.kind === 'ragged') {
      const queryOf = new Int32Array(items.rows);
      for (let q = 0; q < queries.rows; q++) queryOf.fill(q, set.offsets[q], set.offsets[q + 1]);
      return pairs(queries, items, queryOf, rows);
    }
    const width = items.rows * outputs;
    const scores = new Float32Array(queries.rows * width);
    for (let q = 0; q < queries.rows; q++) {
      scores.set(await pairs(queries, items, new Int32Array(items.rows).fill(q), rows), q * width);
    }
    return scores;
  };

  return {
    rows: (queries, items) => pairs(queries, items, upTo(queries.rows), upTo(items.rows)),
    score: async (queries, set) => {
      const [asked, items] = [querySlots(layout, queries), itemSlots(layout, set)];
      const scores = await ofSet(asked, items, set);
      const unknownItems = upTo(items.rows).filter((row) => isBlank(items, row));
      for (let q = 0; q < queries.size; q++) {
        const [from, to] = set.kind === 'shared' ? [0, items.rows] : [set.offsets[q]!, set.offsets[q + 1]!];
        const base = set.kind === 'shared' ? q * items.rows : 0;
        if (isBlank(asked, q)) scores.fill(Number.NaN, (base + from) * outputs, (base + to) * outputs);
        for (const row of unknownItems) {
          if (row >= from && row < to) scores.fill(Number.NaN, (base + row) * outputs, (base + row + 1) * outputs);
        }
      }
      return scores;
    },
  };
};

const upTo = (size: number): Int32Array => Int32Array.from({ length: size }, (_, k) => k);
