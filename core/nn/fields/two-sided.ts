import { RecographError, type Scalar, type Tensor, type Tf } from '../../spi/index.ts';
import type { HostTensor, Lookup, TensorsOf } from '../feeds.ts';
import { squaredNorm } from '../losses.ts';
import type { Parameter, Table } from '../parameter.ts';
import type { Pass } from '../pass.ts';
import type { PointwiseBatch } from '../pointwise.ts';
import type { DatasetSlots } from './dataset-slots.ts';
import type { FieldLayout } from './layout.ts';
import { slotFactors, slotLookup, slotShares } from './tensors.ts';

/** Looked-up rows of one side (user and context, or item), [rows x slots x columns], and what they are multiplied by. */
export interface SideInputs {
  readonly vectors: Tensor;
  readonly weights: Tensor | undefined;
  readonly x: Tensor | undefined;
  /** Slots of each field. */
  readonly widths: readonly number[];
}

/**
 * A network over fields whose sides meet late: to score many items for one query each side is computed once, its half
 * [rows x anything], and a half of one row stands for all rows of the other.
 */
export interface TwoSidedNetwork<Half> {
  /** [layout.rows x factors]. */
  readonly vectors: Table;
  /** [layout.rows x 1]; undefined in networks without. */
  readonly weights: Table | undefined;
  /** What is no table. */
  readonly dense: readonly Parameter[];
  readonly parameters: readonly Parameter[];
  /** Numbers a pair. */
  readonly outputs: number;
  half(pass: Pass, side: 'query' | 'item', inputs: SideInputs): Half;
  /** Logits or values, [rows x outputs]. */
  combine(pass: Pass, query: Half, item: Half): Tensor;
}

export interface TwoSidedFeeds {
  readonly queryVectors: Lookup;
  readonly itemVectors: Lookup;
  readonly queryWeights: Lookup | undefined;
  readonly itemWeights: Lookup | undefined;
  readonly queryFactors: HostTensor | undefined;
  readonly itemFactors: HostTensor | undefined;
  readonly queryShares: HostTensor | undefined;
  readonly itemShares: HostTensor | undefined;
}

type Inputs = TensorsOf<Pick<TwoSidedFeeds, keyof TwoSidedFeeds>>;

/**
 * Feeds and score of such a network while training. `shares` [layout.rows]: how much each table row's square counts in
 * `norm`; without it all count 1.
 */
export const twoSidedTraining = <Half>(network: TwoSidedNetwork<Half>, slots: DatasetSlots, shares?: Float32Array) => {
  const { vectors, weights } = network;
  /** Slots of each field in the batch that is being learned: bags are as wide as its longest. */
  let widths: { readonly query: readonly number[]; readonly item: readonly number[] } = { query: [], item: [] };
  return {
    feeds: (batch: Omit<PointwiseBatch, 'targets'>): TwoSidedFeeds => {
      const [query, item] = [slots.queries(batch), slots.items(batch)];
      widths = { query: query.widths, item: item.widths };
      return {
        queryVectors: slotLookup(vectors, query),
        itemVectors: slotLookup(vectors, item),
        queryWeights: weights && slotLookup(weights, query),
        itemWeights: weights && slotLookup(weights, item),
        queryFactors: slotFactors(query),
        itemFactors: slotFactors(item),
        queryShares: shares && slotShares(shares, query),
        itemShares: shares && slotShares(shares, item),
      };
    },
    /** [rows x outputs]. */
    score: (inputs: Inputs, pass: Pass): Tensor => {
      const { queryVectors, itemVectors, queryWeights, itemWeights, queryFactors, itemFactors } = inputs;
      const query = { vectors: queryVectors, weights: queryWeights, x: queryFactors, widths: widths.query };
      const item = { vectors: itemVectors, weights: itemWeights, x: itemFactors, widths: widths.item };
      return network.combine(pass, network.half(pass, 'query', query), network.half(pass, 'item', item));
    },
    /** Mean over rows of the squared norms of what a row looks up, each times its share. */
    norm: (tf: Tf, inputs: Inputs): Scalar => {
      const { queryVectors, itemVectors, queryWeights, itemWeights, queryShares, itemShares } = inputs;
      const query = [queryVectors, queryWeights].filter((rows) => rows !== undefined);
      const item = [itemVectors, itemWeights].filter((rows) => rows !== undefined);
      return squaredNorm(tf, [...query, ...item], [...query.map(() => queryShares), ...item.map(() => itemShares)]);
    },
  };
};

/** Fields of each side; throws CONFIG_INVALID where one has none. */
export const sidesOfLayout = ({ fields }: FieldLayout): { readonly query: number; readonly item: number } => {
  const item = fields.filter(({ side }) => side === 'item').length;
  const query = fields.length - item;
  if (query > 0 && item > 0) return { query, item };
  throw new RecographError(
    'CONFIG_INVALID',
    `fields and ids leave no field of the ${query === 0 ? 'user or context' : 'item'}: name one of each side.`,
    { at: 'fields' },
  );
};
