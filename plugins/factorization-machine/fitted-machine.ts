import type { FittedModel, ItemSet, Matrix, QueryBatch } from 'recograph';
import { dotScores } from 'recograph/math';
import { fieldCapabilities, isBlank, itemSlots, querySlots, type Slots } from 'recograph/nn';
import { halvesOf, type Learned, stateOf } from './learned.ts';

/** The score of a query and an item is the inner product of [sum, own + bias, 1] and [sum, 1, own]. */
export const fittedMachine = (learned: Learned): FittedModel => {
  const { layout } = learned;
  const capabilities = fieldCapabilities(layout, learned);
  const vectorsOf = (slots: Slots, ends: (own: number) => readonly [number, number]): Matrix => {
    const { own, sums } = halvesOf(learned, slots);
    const columns = sums.columns + 2;
    const data = new Float32Array(slots.rows * columns);
    for (let r = 0; r < slots.rows; r++) {
      const row = data.subarray(r * columns, (r + 1) * columns);
      if (slots.width > 0 && isBlank(slots, r)) row.fill(Number.NaN);
      else {
        row.set(sums.data.subarray(r * sums.columns, (r + 1) * sums.columns));
        row.set(ends(own[r]!), sums.columns);
      }
    }
    return { rows: slots.rows, columns, data };
  };
  const ofQueries = (queries: QueryBatch) =>
    vectorsOf(querySlots(layout, queries), (own) => [own + learned.bias[0]!, 1]);
  const ofItems = (items: ItemSet) => vectorsOf(itemSlots(layout, items), (own) => [1, own]);

  return {
    capabilities,
    score: async (queries, items) => {
      const scores = dotScores(ofQueries(queries), items, ofItems(items));
      if (capabilities.calibrated !== 'probability') return scores;
      return scores.map((logit) => 1 / (1 + Math.exp(-logit)));
    },
    userVectors: async (queries) => ofQueries(queries),
    state: () => stateOf(learned),
  };
};
