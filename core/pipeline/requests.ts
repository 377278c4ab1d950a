import type { Bitmap, QueryBatch, Ragged } from '../spi/index.ts';
import type { RequestBatch } from './types.ts';

/** Requests that ask for `n` items each and nothing else but what is given here. */
export const requestsOf = (
  queries: QueryBatch,
  asked: {
    n: number;
    exclude?: Ragged;
    /** Default: as the pipeline's config says. */
    excludeSeen?: boolean;
    /** For all requests, or one a request. */
    allow?: Bitmap | readonly (Bitmap | undefined)[];
    diversity?: number;
    deadline?: number;
    tiesLast?: Ragged;
  },
): RequestBatch => {
  const { size } = queries;
  const { allow } = asked;
  return {
    queries,
    n: new Uint32Array(size).fill(asked.n),
    exclude: asked.exclude ?? { offsets: new Uint32Array(size + 1), values: new Int32Array(0) },
    excludeSeen: new Int8Array(size).fill(asked.excludeSeen === undefined ? -1 : Number(asked.excludeSeen)),
    allow: Array.from({ length: size }, (_, q) => (allow && 'words' in allow ? allow : allow?.[q])),
    diversity: new Float32Array(size).fill(asked.diversity ?? Number.NaN),
    deadline: new Float64Array(size).fill(asked.deadline ?? Number.POSITIVE_INFINITY),
    ...(asked.tiesLast ? { tiesLast: asked.tiesLast } : {}),
  };
};
