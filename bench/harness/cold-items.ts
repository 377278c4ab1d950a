import { readFileSync } from 'node:fs';
import {
  type Attributes,
  createDataset,
  createVocabulary,
  type Dataset,
  type FeatureRows,
  type FittedModel,
  fitFeatureVocabulary,
  queriesOf,
  sortInteractions,
} from 'recograph';
import { createRng } from 'recograph/math';
import { interval, resample, weightedMean } from '../../core/evaluation/bootstrap.ts';
import type { Context } from './benchmark.ts';
import { largest, readUserItems } from './interactions.ts';
import { mean } from './measure.ts';

/** The share of the items that is held out. */
const HELD_OUT = 0.1;
const K = 20;

export interface ColdMovies {
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly userCount: number;
  /** `abstract`, `genres`, `poster` (row of the posters' file) where known. */
  readonly attributes: readonly Attributes[];
}

/** sasrec-ml-1m with what is known of each film. */
export const readColdMovies = (context: Context): ColdMovies => {
  const { users, items } = readUserItems(context.data('sasrec-ml-1m/sequences.txt'));
  const original = linesOf(context.data('sasrec-ml-1m/sas_to_original_items.txt')).map((line) =>
    line.split(' ').map(Number),
  );
  const abstracts = JSON.parse(readFileSync(context.data('ml-1m-abstracts/dbpedia_abstracts.json'), 'utf8')) as Record<
    string,
    string
  >;
  const genres = new Map(
    readFileSync(context.data('ml-1m/movies.dat'), 'latin1')
      .trim()
      .split('\n')
      .map((line) => line.split('::'))
      .map(([id, , names]) => [Number(id), names!.trim().split('|')]),
  );
  const posters = new Map(linesOf(context.data('ml-1m-posters/movie_ids.txt')).map((id, row) => [Number(id), row]));
  const attributes = Array.from({ length: largest(items) }, (): Attributes => ({}));
  for (const [item, id] of original) {
    const [abstract, poster] = [abstracts[String(id)], posters.get(id!)];
    attributes[item! - 1] = {
      genres: genres.get(id!) ?? [],
      ...(abstract === undefined ? {} : { abstract }),
      ...(poster === undefined ? {} : { poster: String(poster) }),
    };
  }
  return { users: users.map((u) => u - 1), items: items.map((i) => i - 1), userCount: largest(users), attributes };
};

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n');

/** One draw: `data` knows the warm items alone; the cold ones stand behind its vocabulary. */
export interface ColdDraw {
  readonly data: Dataset;
  /** Of the warm items, then the cold ones. */
  readonly features: FeatureRows;
  readonly warm: number;
  /** Cold items of each user, as indices behind the vocabulary. */
  readonly relevant: readonly (readonly number[])[];
}

/** The films that no draw with one of `seeds` holds out: what settings are chosen on. */
export const neverCold = (movies: ColdMovies, needs: readonly string[], seeds: readonly number[]): ColdMovies => {
  const cold = new Set(seeds.flatMap((seed) => [...coldItemsOf(movies, needs, seed)]));
  const kept = [...movies.attributes.keys()].filter((item) => !cold.has(item));
  const places = new Map(kept.map((item, place) => [item, place]));
  const rows = Uint32Array.from(movies.items.keys()).filter((row) => places.has(movies.items[row]!));
  return {
    users: Int32Array.from(rows, (row) => movies.users[row]!),
    items: Int32Array.from(rows, (row) => places.get(movies.items[row]!)!),
    userCount: movies.userCount,
    attributes: kept.map((item) => movies.attributes[item]!),
  };
};

/** A tenth of all items, among those that have every one of `needs`. */
const coldItemsOf = ({ attributes }: ColdMovies, needs: readonly string[], seed: number): ReadonlySet<number> => {
  const able = [...attributes.keys()].filter((item) => needs.every((name) => attributes[item]![name] !== undefined));
  const rng = createRng(seed).fork('cold items');
  for (let k = able.length - 1; k > 0; k--) {
    const other = rng.int(k + 1);
    [able[k], able[other]] = [able[other]!, able[k]!];
  }
  return new Set(able.slice(0, Math.floor(attributes.length * HELD_OUT)));
};

/** Holds out a tenth of all items, among those that have every one of `needs`. */
export const drawColdItems = (movies: ColdMovies, needs: readonly string[], seed: number): ColdDraw => {
  const { attributes, userCount } = movies;
  const cold = coldItemsOf(movies, needs, seed);
  const order = [...attributes.keys()].sort((a, b) => Number(cold.has(a)) - Number(cold.has(b)) || a - b);
  const indexOf = new Int32Array(order.length);
  order.forEach((item, index) => {
    indexOf[item] = index;
  });
  const warm = order.length - cold.size;
  const relevant = Array.from({ length: userCount }, (): number[] => []);
  const [users, items]: [number[], number[]] = [[], []];
  movies.items.forEach((item, k) => {
    const user = movies.users[k]!;
    if (cold.has(item)) relevant[user]!.push(indexOf[item]!);
    else {
      users.push(user);
      items.push(indexOf[item]!);
    }
  });
  const records = order.map((item) => attributes[item]!);
  const vocabulary = fitFeatureVocabulary(records.slice(0, warm), {
    abstract: { kind: 'text' },
    genres: { kind: 'categories', minCount: 1 },
    poster: { kind: 'text' },
  });
  const data = createDataset({
    users: createVocabulary(Array.from({ length: userCount }, (_, u) => `u${u}`)),
    items: createVocabulary(order.slice(0, warm).map((item) => `i${item}`)),
    interactions: sortInteractions({ users: Int32Array.from(users), items: Int32Array.from(items) }, userCount),
    itemFeatures: vocabulary.encode(records.slice(0, warm)),
  });
  return { data, features: vocabulary.encode(records), warm, relevant };
};

/** NDCG@20 of each user with cold items, in the order of users; NaN for the others. */
export interface ColdFigures {
  readonly amongCold: Float64Array;
  readonly amongAll: Float64Array;
}

/** Ranks cold items for those who chose them: among the cold ones, and among all items that they have not chosen. */
export const coldFigures = async (
  model: FittedModel,
  { data, features, warm, relevant }: ColdDraw,
): Promise<ColdFigures> => {
  const figures = { amongCold: new Float64Array(relevant.length), amongAll: new Float64Array(relevant.length) };
  const indices = Int32Array.from({ length: features.rows }, (_, item) => item);
  const positives = data.positives();
  for (let first = 0; first < relevant.length; first += 200) {
    const users = indicesFrom(first, Math.min(200, relevant.length - first));
    const scores = await model.score(queriesOf(data, users), { kind: 'shared', indices, features });
    users.forEach((user, q) => {
      const own = scores.subarray(q * features.rows, (q + 1) * features.rows);
      for (let k = positives.offsets[user]!; k < positives.offsets[user + 1]!; k++)
        own[positives.indices[k]!] = Number.NaN;
      figures.amongCold[user] = ndcg(own, warm, relevant[user]!);
      figures.amongAll[user] = ndcg(own, 0, relevant[user]!);
    });
  }
  return figures;
};

const indicesFrom = (first: number, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, k) => first + k);

/** Items from `from` on compete; a tie counts against the model; what has no score comes last. */
const ndcg = (scores: Float32Array, from: number, relevant: readonly number[]): number => {
  if (relevant.length === 0) return Number.NaN;
  let sum = 0;
  for (const item of relevant) {
    const score = scores[item]!;
    if (Number.isNaN(score)) continue;
    let rank = 1;
    for (let other = from; other < scores.length; other++) {
      if (scores[other]! > score || (scores[other] === score && other !== item && !relevant.includes(other))) rank++;
    }
    if (rank <= K) sum += 1 / Math.log2(1 + rank);
  }
  let ideal = 0;
  for (let rank = 1; rank <= Math.min(K, relevant.length); rank++) ideal += 1 / Math.log2(1 + rank);
  return sum / ideal;
};

/** Mean over users of each one's mean over the draws. */
export const meanOf = (draws: readonly Float64Array[]): number => mean([...byUser(draws)]);

/** Mean difference b - a and its 95 % interval, paired by user (bootstrap). */
export const differenceOf = (a: readonly Float64Array[], b: readonly Float64Array[]) => {
  const differences = byUser(b.map((draw, d) => draw.map((value, u) => value - a[d]![u]!)));
  const replicates = resample(differences.length, createRng(0), [weightedMean(differences)])[0]!;
  return { mean: mean([...differences]), interval: interval(replicates)! };
};

const byUser = (draws: readonly Float64Array[]): Float64Array =>
  Float64Array.from(draws[0]!.keys(), (user) => {
    const own = draws.map((draw) => draw[user]!).filter((value) => !Number.isNaN(value));
    return own.length === 0 ? Number.NaN : mean(own);
  }).filter((value) => !Number.isNaN(value));
