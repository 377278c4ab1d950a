import type { ItemSet, Tensor, TensorRuntime } from 'recograph';
import type { InferencePass } from 'recograph/nn';
import { lookupParts, type Network, type Parts } from './network.ts';
import { placesOf } from './rows.ts';

/** Items of one query in one run of the network. */
const ITEMS_AT_ONCE = 4096;

/**
 * Scores of users' joined rows (`joinRows`) with items by running the network. Every item's half of it is computed once and
 * stays on the device until `dispose`; a query's half is added to those of its items.
 */
export const createNetworkScorer = (runtime: TensorRuntime, network: Network, pass: InferencePass, items: number) => {
  const { tf } = runtime;
  const places = placesOf(network.user);
  let halves: Parts<Tensor> | undefined;
  const itemHalves = (): Parts<Tensor> => {
    halves ??= runtime.scope(() => {
      const all = lookupParts(
        network.item,
        Int32Array.from({ length: items }, (_, item) => item),
      );
      return { ...network.side(pass, 'item', map(all, pass.rows)) };
    });
    return halves;
  };
  const scoreSome = async (row: Float32Array, indices: Int32Array): Promise<Float32Array> => {
    const ofItems = itemHalves();
    const result = runtime.scope(() => {
      const chosen = tf.tensor1d(
        indices.map((item) => Math.max(0, Math.min(items - 1, item))),
        'int32',
      );
      const looked = map(places, ([from, to]) => tf.tensor2d(row.subarray(from, to), [1, to - from]) as Tensor);
      return network.pair(
        pass,
        network.side(pass, 'user', looked),
        map(ofItems, (rows) => tf.gather(rows, chosen)),
      );
    });
    const scores = await result.data<'float32'>();
    result.dispose();
    return scores.map((score, k) => (indices[k]! >= 0 && indices[k]! < items ? score : Number.NaN));
  };
  return {
    /** `row(q)` is undefined for a query that cannot be scored. */
    score: async (queries: number, row: (query: number) => Float32Array | undefined, set: ItemSet) => {
      const count = set.indices.length;
      const scores = new Float32Array(set.kind === 'shared' ? queries * count : count).fill(Number.NaN);
      for (let q = 0; q < queries; q++) {
        const [from, to] = set.kind === 'shared' ? [0, count] : [set.offsets[q]!, set.offsets[q + 1]!];
        const base = set.kind === 'shared' ? q * count : 0;
        const own = row(q);
        if (!own || items === 0) continue;
        for (let at = from; at < to; at += ITEMS_AT_ONCE) {
          scores.set(await scoreSome(own, set.indices.subarray(at, Math.min(to, at + ITEMS_AT_ONCE))), base + at);
        }
      }
      return scores;
    },
    dispose: () => {
      if (halves) tf.dispose(halves as never);
      halves = undefined;
    },
  };
};

const map = <A, B>({ product, deep, bias }: Parts<A>, change: (part: A) => B): Parts<B> => ({
  product: product && change(product),
  deep: deep && change(deep),
  bias: bias && change(bias),
});
