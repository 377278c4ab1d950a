import { raggedOf } from '../../data/index.ts';
import type { Dataset, Kernels, Ragged, Rng, TensorRuntime } from '../../spi/index.ts';
import { shuffled } from '../batches.ts';
import { inferencePass } from '../pass.ts';
import { encodeSequences, type NextItemNetwork } from './encoder.ts';
import { positiveSequences } from './histories.ts';

const CUTOFF = 10;
/** So many users drawn once tell epochs apart; more would cost more than they say. */
const USERS = 5_000;

/**
 * Mean NDCG@10 of the first validation item of each user who has a history, among all items but those in it:
 * 1 / log2(1 + rank), or 0 beyond rank 10. undefined where there is nothing to validate on.
 */
export const nextItemValidation = (
  runtime: TensorRuntime,
  kernels: Kernels,
  network: NextItemNetwork,
  sequences: Ragged,
  held: Dataset,
  rng: Rng,
): (() => Promise<number>) | undefined => {
  const next = positiveSequences(held);
  const has = ({ offsets }: Ragged, row: number): boolean => offsets[row + 1]! > offsets[row]!;
  const users = shuffled(next.offsets.length - 1, rng)
    .filter((user) => has(next, user) && has(sequences, user))
    .slice(0, USERS);
  if (users.length === 0) return undefined;
  const histories = pick(sequences, users);
  const { items, encoder } = network;
  return async () => {
    const pass = inferencePass(runtime, encoder.parameters);
    try {
      const vectors = await encodeSequences(runtime, pass, network, histories);
      const lists = await kernels.topK(vectors, items, CUTOFF, { exclude: histories });
      let sum = 0;
      lists.forEach((list, q) => {
        const place = list.items.indexOf(next.values[next.offsets[users[q]!]!]!);
        if (place >= 0) sum += 1 / Math.log2(2 + place);
      });
      return sum / users.length;
    } finally {
      pass.dispose();
    }
  };
};

const pick = ({ offsets, values }: Ragged, rows: Int32Array): Ragged =>
  raggedOf(Array.from(rows, (row) => values.subarray(offsets[row]!, offsets[row + 1]!)));
