import { limitOf } from '../data/index.ts';
import { type NeighborIndex, type Similarity, type SimilaritySpace, similaritySpace, topK } from '../math/index.ts';
import { intersect } from '../pipeline/limits.ts';
import {
  type Bitmap,
  type FittedModel,
  type ItemList,
  type Limits,
  type Matrix,
  RecographError,
} from '../spi/index.ts';
import type { LoadedBundle } from './loaded-bundle.ts';
import type { BundleView } from './view.ts';

/** How many times n are taken from a graph, for some of them may not be listed. */
const INDEX_SURPLUS = 3;

const spaces = new WeakMap<Float32Array, Map<Similarity, SimilaritySpace>>();

/** The model or feature that `similar` uses for an item, and the n items most like it, allowed ones alone. */
export const similarItems = async (
  { bundle, view }: { bundle: LoadedBundle; view: BundleView },
  item: number,
  n: number,
  allow: Bitmap | undefined,
): Promise<{ model: string; list: ItemList }> => {
  const { catalogue } = view;
  const limits = {
    exclude: { offsets: new Uint32Array(2), values: new Int32Array(0) },
    ...allowing(catalogue.available, allow),
  };
  const { model, similarity } = bundle.config.similar;
  const names = model ? [model] : Object.keys(bundle.models);
  if (item < bundle.items.size) {
    for (const name of names) {
      const list = await byModel(bundle.models[name]!, similarity, item, n, limits, bundle.indexes[name]);
      if (list) return { model: name, list };
    }
  }
  for (const name of Object.keys(bundle.config.features)) {
    const vectors = catalogue.vectors(name);
    if (vectors) return { model: name, list: nearest(vectors, similarity, item, n, limits) };
  }
  const message = `No model of the bundle can say what is like item "${view.itemId(item)}". Add one with item vectors, or a feature such as content.`;
  throw new RecographError('INVALID_ARGUMENT', message, { at: 'similar.model' });
};

const byModel = async (
  model: FittedModel,
  similarity: Similarity,
  item: number,
  n: number,
  limits: Limits,
  index: NeighborIndex | undefined,
): Promise<ItemList | undefined> => {
  if (model.similarItems) return (await model.similarItems(Int32Array.of(item), n, limits))[0];
  if (!model.itemVectors) return undefined;
  const vectors = model.itemVectors();
  const found = index && byIndex(index, vectors, similarity, item, n, limits);
  return found ?? nearest(vectors, similarity, item, n, limits);
};

/** undefined where too few of what the graph finds are allowed. */
const byIndex = (
  index: NeighborIndex,
  vectors: Matrix,
  kind: Similarity,
  item: number,
  n: number,
  limits: Limits,
): ItemList | undefined => {
  const space = spaceOf(vectors, kind);
  const query = queryOf(space, vectors, item);
  if (Number.isNaN(query[0])) return undefined;
  const found = index.search(query, INDEX_SURPLUS * n + 1);
  const allowed = limitOf(limits, 0);
  const scores = Float32Array.from(found, (row) =>
    row === item || !allowed(row) ? Number.NaN : product(space.items, row, query),
  );
  const list = topK(scores, n, found);
  return list.items.length < n ? undefined : similarities(list, space, query);
};

const product = ({ columns, data }: Matrix, row: number, query: Float32Array): number => {
  let sum = 0;
  for (let c = 0, at = row * columns; c < columns; c++, at++) sum += data[at]! * query[c]!;
  return sum;
};

const queryOf = (space: SimilaritySpace, { columns, data }: Matrix, item: number): Float32Array =>
  space.queries({ rows: 1, columns, data: data.subarray(item * columns, (item + 1) * columns) }).data;

const similarities = ({ items, scores }: ItemList, space: SimilaritySpace, query: Float32Array): ItemList => ({
  items,
  scores: scores.map((product) => space.similarity(product, query)),
});

/** The rows most similar to one of them; the row itself, excluded and disallowed ones are left out. */
const nearest = (vectors: Matrix, kind: Similarity, item: number, n: number, limits: Limits): ItemList => {
  const space = spaceOf(vectors, kind);
  const { rows } = vectors;
  const query = queryOf(space, vectors, item);
  const scores = new Float32Array(rows);
  for (let row = 0; row < rows; row++) scores[row] = product(space.items, row, query);
  scores[item] = Number.NaN;
  const allowed = limitOf(limits, 0);
  for (let row = 0; row < rows; row++) if (!allowed(row)) scores[row] = Number.NaN;
  return similarities(topK(scores, n), space, query);
};

/** Made once a matrix and similarity. */
const spaceOf = (vectors: Matrix, kind: Similarity): SimilaritySpace => {
  const known = spaces.get(vectors.data) ?? new Map<Similarity, SimilaritySpace>();
  spaces.set(vectors.data, known);
  const space = known.get(kind) ?? similaritySpace(kind, vectors);
  known.set(kind, space);
  return space;
};

const allowing = (available: Bitmap | undefined, asked: Bitmap | undefined): { allow?: Bitmap } => {
  const allow = intersect(available, asked);
  return allow ? { allow } : {};
};
