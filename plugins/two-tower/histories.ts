import type { Csr, Rng } from 'recograph';
import { embeddingBag, type FieldLayout, type Lookup, lookup, type Table } from 'recograph/nn';
import type { Pooling } from './towers.ts';

/** Rows of items. */
export type ItemRows = Pick<Csr, 'offsets' | 'indices'>;

/** What a tower reads of histories: their items are rows of the item ids' field in `vectors`. */
export const historyFeeds = (
  vectors: Table,
  { fields }: FieldLayout,
  pooling: Pooling,
  histories: ItemRows | undefined,
): { readonly history: Lookup | undefined; readonly owners: Int32Array | undefined } => {
  if (pooling === 'none' || !histories) return { history: undefined, owners: undefined };
  const { offsets, indices } = histories;
  const first = fields.find(({ name }) => name === 'item')!.offset;
  const rows = indices.map((item) => item + first);
  const owners = new Int32Array(indices.length);
  const shares = new Float32Array(indices.length);
  for (let r = 0; r + 1 < offsets.length; r++) {
    owners.fill(r, offsets[r], offsets[r + 1]);
    shares.fill(1 / (offsets[r + 1]! - offsets[r]!), offsets[r], offsets[r + 1]);
  }
  return pooling === 'mean'
    ? { history: embeddingBag(vectors, { offsets, indices: rows, values: shares }), owners: undefined }
    : { history: lookup(vectors, rows), owners };
};

export interface Split {
  readonly history: ItemRows;
  readonly targets: Int32Array;
  /** Row of each target. */
  readonly owners: Int32Array;
}

/**
 * Deals the positives of `users` at random into what a step knows of each and what it predicts (`share` of them,
 * at least one).
 */
export const splitPositives = (positives: Csr, users: Int32Array, share: number, rng: Rng): Split => {
  const known: number[] = [];
  const targets: number[] = [];
  const owners: number[] = [];
  const offsets = new Uint32Array(users.length + 1);
  users.forEach((user, row) => {
    const from = positives.offsets[user]!;
    const to = positives.offsets[user + 1]!;
    const sure = from + rng.int(to - from);
    for (let k = from; k < to; k++) {
      if (k === sure || rng.next() < share) {
        targets.push(positives.indices[k]!);
        owners.push(row);
      } else known.push(positives.indices[k]!);
    }
    offsets[row + 1] = known.length;
  });
  return {
    history: { offsets, indices: Int32Array.from(known) },
    targets: Int32Array.from(targets),
    owners: Int32Array.from(owners),
  };
};
