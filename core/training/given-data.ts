import { createReadStream } from 'node:fs';
import { relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Attributes, feedbackWeight, readInteractions } from '../data/index.ts';
import {
  type Candidates,
  type GivenFold,
  givenParts,
  type PartEvents,
  type Parts,
  readCandidates,
} from '../evaluation/index.ts';
import type { DataConfig, EvaluationConfig, SourceConfig, SplitConfig } from '../registry/sections/index.ts';
import { type ItemRecord, RecographError, type UserRecord } from '../spi/index.ts';
import { type Encoders, fitEncoders } from './encoders.ts';

/** What describes the ids that files name. */
export interface CatalogueRecords {
  readonly items: ReadonlyMap<string, ItemRecord>;
  readonly users: ReadonlyMap<string, UserRecord>;
}

interface RawEvents {
  readonly file: string;
  readonly users: string[];
  readonly items: string[];
  readonly types: string[];
  readonly values: Float32Array;
  readonly times: Float64Array;
  readonly contexts: readonly Attributes[] | undefined;
}

/**
 * The parts of a `given` or `folds` split, read from their files, described by the store's catalogue. The feature
 * vocabulary is learned from the catalogue and the first training file.
 */
export const readGivenParts = async (
  split: Extract<SplitConfig, { use: 'given' | 'folds' }>,
  data: DataConfig,
  folder: string,
  catalogue: CatalogueRecords,
): Promise<Parts[]> => {
  const folds: GivenFold<SourceConfig>[] = split.use === 'folds' ? split.folds : [givenFold(split)];
  const read = new Map<string, Promise<RawEvents>>();
  const rawOf = (source: SourceConfig): Promise<RawEvents> => {
    const key = JSON.stringify(source);
    const known = read.get(key) ?? readRaw(source, folder);
    read.set(key, known);
    return known;
  };
  const first = await rawOf(folds[0]!.train);
  const encoders = fitEncoders(catalogue.items.values(), catalogue.users.values(), first.contexts ?? [], data);
  const typeNames: string[] = [];
  return givenParts(
    folds,
    async (source) => encodeEvents(await rawOf(source), data, typeNames, encoders),
    (users, items) => ({
      userFeatures: encoders.users(idsOf(users).map((id) => catalogue.users.get(id))),
      itemFeatures: encoders.items(idsOf(items).map((id) => catalogue.items.get(id))),
    }),
  );
};

const givenFold = ({ train, validation, test }: Extract<SplitConfig, { use: 'given' }>): GivenFold<SourceConfig> =>
  validation ? { train, validation, test } : { train, test };

/** The evaluation's candidate set over the parts' vocabulary. */
export const readCandidateSet = async (
  candidates: EvaluationConfig['candidates'],
  folder: string,
  { users, items }: Parts['train'],
): Promise<Candidates> => {
  if (candidates.use !== 'given') return candidates;
  const file = resolve(folder, candidates.path);
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const given = await readCandidates(
    lines,
    { users, items },
    { file, ...(candidates.format ? { format: candidates.format } : {}) },
  );
  return { use: 'given', given };
};

const readRaw = async (source: SourceConfig, folder: string): Promise<RawEvents> => {
  const raw = { users: [] as string[], items: [] as string[], types: [] as string[] };
  const [values, times, contexts]: [number[], number[], Attributes[]] = [[], [], []];
  const shown = relative(folder, resolve(folder, source.path));
  let file = shown;
  let anyContext = false;
  for await (const batch of readInteractions(source, folder)) {
    const [problem] = batch.problems;
    if (problem) {
      const at = `${problem.file}:${problem.line}`;
      throw new RecographError('DATA_INVALID', `${at}: ${problem.message}`, { at });
    }
    file = batch.file;
    for (const row of batch.rows) {
      raw.users.push(row.user);
      raw.items.push(row.item);
      raw.types.push(row.type);
      values.push(row.value);
      times.push(row.time);
      contexts.push(row.context ?? {});
      anyContext ||= row.context !== null;
    }
  }
  return {
    ...raw,
    file,
    values: Float32Array.from(values),
    times: Float64Array.from(times),
    contexts: anyContext ? contexts : undefined,
  };
};

const encodeEvents = (raw: RawEvents, data: DataConfig, typeNames: string[], encoders: Encoders): PartEvents => {
  const { file, users, items, values, times, contexts } = raw;
  const types = Uint8Array.from(raw.types, (type) => {
    const known = typeNames.indexOf(type);
    return known >= 0 ? known : typeNames.push(type) - 1;
  });
  return {
    file,
    users,
    items,
    values,
    times,
    types,
    typeNames,
    weights: Float32Array.from(values, (value, k) => feedbackWeight(data.feedback, raw.types[k]!, value)),
    ...(contexts ? { context: encoders.contexts(contexts) } : {}),
  };
};

const idsOf = (vocabulary: { size: number; id(index: number): string }): string[] =>
  Array.from({ length: vocabulary.size }, (_, index) => vocabulary.id(index));
