import { limitOf } from '../data/index.ts';
import { type NeighborIndex, type SimilarityScan, topK } from '../math/index.ts';
import { intersect } from '../pipeline/limits.ts';
import { type Bitmap, type ItemList, type Limits, type Matrix, RecographError } from '../spi/index.ts';
import type { LoadedBundle } from './loaded-bundle.ts';
import type { BundleView } from './view.ts';

/** How many times n are taken from a graph, for some of them may not be listed. */
const INDEX_SURPLUS = 3;

/**
 * The model or feature that `similar` uses for an item, and the n items most like it, allowed ones alone: the first that
 * knows any. A model knows nothing of an item that nobody chose; its list is then empty, as is the answer where no other
 * has one.
 */
export const similarItems = async (
  { bundle, view }: { bundle: LoadedBundle; view: BundleView },
  item: number,
  n: number,
  allow: Bitmap | undefined,
): Promise<{ model: string; list: ItemList }> => {
  const { catalogue } = view;
  const limits = {
    exclude: { offsets: Uint32Array.of(0, 1), values: Int32Array.of(item) },
    ...allowing(catalogue.available, allow),
  };
  const { model } = bundle.config.similar;
  const names = model ? [model] : Object.keys(bundle.models);
  let none: { model: string; list: ItemList } | undefined;
  for (const name of item < bundle.items.size ? names : []) {
    const list = await byModel(bundle, name, item, n, limits);
    if (list && list.items.length > 0) return { model: name, list };
    if (list) none ??= { model: name, list };
  }
  for (const name of Object.keys(bundle.config.features)) {
    const vectors = catalogue.vectors(name);
    if (!vectors) continue;
    const list = await nearest(bundle.scans.of(name, vectors), vectors, item, n, limits);
    if (list.items.length > 0) return { model: name, list };
    none ??= { model: name, list };
  }
  if (none) return none;
  const message = `No model of the bundle can say what is like item "${view.itemId(item)}". Add one with item vectors, or a feature such as content.`;
  throw new RecographError('INVALID_ARGUMENT', message, { at: 'similar.model' });
};

const byModel = async (
  { models, indexes, scans }: LoadedBundle,
  name: string,
  item: number,
  n: number,
  limits: Limits,
): Promise<ItemList | undefined> => {
  const model = models[name]!;
  if (model.similarItems) return (await model.similarItems(Int32Array.of(item), n, limits))[0];
  if (!model.itemVectors) return undefined;
  const vectors = model.itemVectors();
  const scan = scans.of(name, vectors);
  const index = indexes[name];
  const found = index && (await byIndex(index, scan, vectors, item, n, limits));
  return found ?? nearest(scan, vectors, item, n, limits);
};

/** undefined where too few of what the graph finds are allowed. */
const byIndex = async (
  index: NeighborIndex,
  scan: SimilarityScan,
  vectors: Matrix,
  item: number,
  n: number,
  limits: Limits,
): Promise<ItemList | undefined> => {
  const vector = rowOf(vectors, item);
  const query = scan.space.queries(vector).data;
  if (Number.isNaN(query[0])) return undefined;
  const allowed = index.search(query, INDEX_SURPLUS * n + 1).filter(limitOf(limits, 0));
  return allowed.length < n ? undefined : topK(await scan.score(vector, allowed), n, allowed);
};

const nearest = async (
  scan: SimilarityScan,
  vectors: Matrix,
  item: number,
  n: number,
  limits: Limits,
): Promise<ItemList> => (await scan.topK(rowOf(vectors, item), n, limits))[0]!;

const rowOf = ({ columns, data }: Matrix, row: number): Matrix => ({
  rows: 1,
  columns,
  data: data.subarray(row * columns, (row + 1) * columns),
});

const allowing = (available: Bitmap | undefined, asked: Bitmap | undefined): { allow?: Bitmap } => {
  const allow = intersect(available, asked);
  return allow ? { allow } : {};
};
