import { type ComponentState, knownFrom, knownTensor, type Matrix } from 'recograph';
import type { FieldLayout } from 'recograph/nn';
import type { Attributes } from './attributes.ts';

/**
 * What was learned. The rows of users and items hold all that counts for them: id, features, and with SVD++ what the user's
 * items imply. A user whose row is all zeros was not trained.
 */
export interface Factors {
  readonly explicit: boolean;
  /** Explicit: the mean value; implicit: the log odds of a positive among the sampled examples. */
  readonly mean: number;
  readonly regularization: number;
  readonly negatives: number;
  /** The newest event it was trained on, ms. */
  readonly until: number;
  readonly users: Matrix;
  readonly items: Matrix;
  readonly userBias: Float32Array;
  readonly itemBias: Float32Array;
  /** 1 for an item that somebody chose; explicit: gave a value to. */
  readonly known: Uint8Array;
  /** For users and items outside the vocabulary; undefined where no fields were asked for. */
  readonly attributes?: Attributes | undefined;
  /** SVD++: y_j, [items x factors]. */
  readonly implied?: Matrix | undefined;
}

type Json = Pick<Factors, 'explicit' | 'mean' | 'regularization' | 'negatives' | 'until'>;

const tensorOf = ({ rows, columns, data }: Matrix) => ({ shape: [rows, columns], data });

export const stateOf = (factors: Factors): ComponentState => {
  const { explicit, mean, regularization, negatives, until, attributes, implied } = factors;
  const { users, items, userBias, itemBias } = factors;
  return {
    json: {
      ...({ explicit, mean, regularization, negatives, until } satisfies Json),
      layout: (attributes?.layout ?? null) as never,
    },
    tensors: {
      users: tensorOf(users),
      items: tensorOf(items),
      userBias: { shape: [users.rows], data: userBias },
      itemBias: { shape: [items.rows], data: itemBias },
      ...knownTensor(factors.known),
      ...(implied && { implied: tensorOf(implied) }),
      ...(attributes && {
        'attributes/vectors': tensorOf(attributes.vectors),
        'attributes/weights': { shape: [attributes.weights.length], data: attributes.weights },
      }),
    },
  };
};

export const factorsFrom = ({ json, tensors }: ComponentState): Factors => {
  const matrix = (name: string): Matrix => {
    const { shape, data } = tensors[name]!;
    return { rows: shape[0]!, columns: shape[1]!, data: data as Float32Array };
  };
  const numbers = (name: string): Float32Array => tensors[name]!.data as Float32Array;
  const { layout, ...rest } = json as unknown as Json & { readonly layout: FieldLayout | null };
  return {
    ...rest,
    users: matrix('users'),
    items: matrix('items'),
    userBias: numbers('userBias'),
    itemBias: numbers('itemBias'),
    known: knownFrom(tensors, tensors.items!.shape[0]!),
    implied: tensors.implied && matrix('implied'),
    attributes: layout
      ? { layout, vectors: matrix('attributes/vectors'), weights: numbers('attributes/weights') }
      : undefined,
  };
};
