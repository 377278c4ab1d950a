import type { ItemSet, Matrix, QueryBatch } from 'recograph';
import { type FieldLayout, hasFeatures, itemSlots, querySlots, type SlotSums, slotSums } from 'recograph/nn';

/** Weights and vectors of the features alone, without the ids: what is known of users and items outside the vocabulary. */
export interface Attributes {
  readonly layout: FieldLayout;
  /** [layout.rows x factors]. */
  readonly vectors: Matrix;
  /** [layout.rows]. */
  readonly weights: Float32Array;
}

/** The attributes' share of tables over all fields. */
export const attributesOf = ({ fields }: FieldLayout, vectors: Matrix, weights: Float32Array): Attributes => {
  let rows = 0;
  const kept = fields.filter(({ kind }) => kind !== 'id');
  const moved = kept.map((field) => {
    const offset = rows;
    rows += field.size;
    return { ...field, offset };
  });
  const { columns } = vectors;
  const own = { rows, columns, data: new Float32Array(rows * columns) };
  const ownWeights = new Float32Array(rows);
  for (const [f, { offset, size }] of kept.entries()) {
    own.data.set(vectors.data.subarray(offset * columns, (offset + size) * columns), moved[f]!.offset * columns);
    ownWeights.set(weights.subarray(offset, offset + size), moved[f]!.offset);
  }
  return { layout: { fields: moved, rows }, vectors: own, weights: ownWeights };
};

/** What the users' attributes say; undefined where no field is a user's. */
export const userSums = ({ layout, vectors, weights }: Attributes, queries: QueryBatch): SlotSums | undefined =>
  hasFeatures(layout, 'user') ? slotSums(vectors, weights, querySlots(layout, queries)) : undefined;

/** What the items' attributes say; undefined where no field is an item's. */
export const itemSums = ({ layout, vectors, weights }: Attributes, items: ItemSet): SlotSums | undefined =>
  hasFeatures(layout, 'item') ? slotSums(vectors, weights, itemSlots(layout, items)) : undefined;
