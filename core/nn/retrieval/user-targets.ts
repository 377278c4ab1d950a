import type { Csr } from '../../spi/index.ts';

/** Users with all their positives as what a step predicts. */
export interface UserTargets {
  readonly items: Int32Array;
  /** Row of the batch's users that each of `items` belongs to. */
  readonly owners: Int32Array;
}

export const userTargets = ({ offsets, indices }: Csr, users: Int32Array): UserTargets => {
  let count = 0;
  for (const user of users) count += offsets[user + 1]! - offsets[user]!;
  const items = new Int32Array(count);
  const owners = new Int32Array(count);
  let at = 0;
  users.forEach((user, row) => {
    const own = indices.subarray(offsets[user]!, offsets[user + 1]!);
    items.set(own, at);
    owners.fill(row, at, at + own.length);
    at += own.length;
  });
  return { items, owners };
};
