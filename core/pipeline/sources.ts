import type { PipelineConfig } from '../registry/sections/pipeline.ts';
import type { ItemList, KeptState, Limits, QueryBatch } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import { cleanLists, head } from './lists.ts';
import type { ModelAccess } from './model-access.ts';
import { selectQueries, selectRows } from './select.ts';
import { bestOfTies } from './ties.ts';
import type { PipelineParts, RequestBatch, ServedBy, StageFailure } from './types.ts';

/** What a source knows about a user outside the vocabulary. */
export interface Personal {
  readonly history: boolean;
  readonly features: boolean;
}

/** A candidate source, whatever stands behind it. */
export interface CandidateSource {
  readonly name: string;
  readonly n: number;
  readonly weight: number;
  readonly personal: Personal;
  readonly requires: readonly string[];
  readonly keeps: readonly KeptState[];
  recommend(batch: RequestBatch, limits: Limits, strict: boolean): Promise<SourceAnswer>;
}

export interface SourceAnswer {
  readonly lists: readonly ItemList[];
  /** Of a nested pipeline, one entry a query. */
  readonly servedBy?: readonly ServedBy[];
  readonly failures?: readonly (readonly StageFailure[])[];
}

type Candidate = PipelineConfig['candidates'][number];

/** Throws UNKNOWN_REFERENCE where the config names what `parts` does not hold. */
export const candidateSource = (
  candidate: Candidate,
  place: number,
  parts: PipelineParts,
  access: ModelAccess,
): CandidateSource => {
  const { n, weight } = candidate;
  if ('model' in candidate) {
    const model = part(parts.models, candidate.model, `candidates[${place}].model`);
    return {
      name: candidate.model,
      n,
      weight,
      personal: personalOf(model.capabilities),
      requires: model.requires ?? [],
      keeps: [],
      recommend: async ({ queries, tiesLast }, limits) => ({
        lists: await access.recommend(model, queries, n, limits, tiesLast),
      }),
    };
  }
  if ('pipeline' in candidate) {
    const nested = part(parts.pipelines, candidate.pipeline, `candidates[${place}].pipeline`);
    return {
      name: candidate.pipeline,
      n,
      weight,
      personal: { history: false, features: false },
      requires: nested.requires,
      keeps: nested.keeps,
      recommend: (batch, limits, strict) => nested.run(nestedBatch(batch, n, limits), { strict, fallback: false }),
    };
  }
  const source = part(parts.sources, String(place), `candidates[${place}]`);
  return {
    name: candidate.use,
    n,
    weight,
    personal: { history: false, features: false },
    requires: source.requires ?? [],
    keeps: [],
    recommend: async ({ queries, tiesLast }, limits) => ({
      lists: await bestOfTies(queries.size, n, tiesLast, async (some, most) => {
        const own = { ...limits, exclude: selectRows(limits.exclude, some) };
        const asked = { size: some.length, bound: parts.catalogue.itemCount, limits: own };
        const lists = cleanLists(await source.recommend(selectQueries(queries, some), most, own), asked);
        return lists.map((list) => head(list, most));
      }),
    }),
  };
};

/** Whether a nested or own source had anything of this user to go by. */
export const knowsFeatures = (queries: QueryBatch, query: number): boolean =>
  [queries.userFeatures, queries.context].some((features) =>
    Object.values(features.columns).some((column) => {
      switch (column.kind) {
        case 'dense':
          return !Number.isNaN(column.values[query * column.width] ?? Number.NaN);
        case 'categorical':
          return column.codes[query]! > 0;
        case 'bag':
          return column.offsets[query + 1]! > column.offsets[query]!;
        case 'text':
          return column.values[query] != null;
      }
      return false;
    }),
  );

const personalOf = (capabilities: { coldUsers: readonly string[]; context: boolean }): Personal => ({
  history: capabilities.coldUsers.includes('history'),
  features: capabilities.coldUsers.includes('attributes') || capabilities.context,
});

/** The same requests, asking a nested pipeline for `n` items under the limits of the outer one. */
const nestedBatch = (batch: RequestBatch, n: number, limits: Limits): RequestBatch => {
  const { size } = batch.queries;
  return {
    queries: batch.queries,
    n: new Uint32Array(size).fill(n),
    exclude: limits.exclude,
    excludeSeen: new Int8Array(size),
    allow: Array.from({ length: size }, () => limits.allow),
    diversity: new Float32Array(size).fill(Number.NaN),
    deadline: batch.deadline,
    ...(batch.tiesLast ? { tiesLast: batch.tiesLast } : {}),
  };
};

const part = <T>(parts: Readonly<Record<string, T>>, name: string, at: string): T => {
  if (Object.hasOwn(parts, name)) return parts[name]!;
  throw new RecographError('UNKNOWN_REFERENCE', `${at} names "${name}", which was not given to the pipeline.`, { at });
};
