import type { KernelMemory, Matrix } from 'recograph';
import type { Network } from './network.ts';
import { placesOf } from './rows.ts';

/**
 * gmf and dot as inner products: [h * p_u, b_u + c, 1] . [q_i, 1, b_i], from joined rows (`joinRows`).
 */
export const innerProducts = (network: Network, items: Matrix, memory: KernelMemory) => {
  const factors = network.user.product!.columns;
  const width = factors + 2;
  const places = placesOf(network.user);
  const offset = network.offset?.data[0] ?? 0;
  const weights = network.productWeights?.data;
  const biasOf = (row: Float32Array): number => (places.bias ? row[places.bias[0]]! : 0);
  const data = memory.floats(items.rows * width);
  for (let item = 0; item < items.rows; item++) {
    const row = items.data.subarray(item * items.columns, (item + 1) * items.columns);
    data.set(row.subarray(0, factors), item * width);
    data[item * width + factors] = 1;
    data[item * width + factors + 1] = biasOf(row);
  }
  return {
    items: { rows: items.rows, columns: width, data } satisfies Matrix,
    /** A row of NaN where `row(q)` is undefined. */
    users: (queries: number, row: (query: number) => Float32Array | undefined): Matrix => {
      const vectors = new Float32Array(queries * width).fill(Number.NaN);
      for (let q = 0; q < queries; q++) {
        const own = row(q);
        if (!own) continue;
        for (let f = 0; f < factors; f++) vectors[q * width + f] = own[f]! * (weights?.[f] ?? 1);
        vectors[q * width + factors] = biasOf(own) + offset;
        vectors[q * width + factors + 1] = 1;
      }
      return { rows: queries, columns: width, data: vectors };
    },
  };
};
