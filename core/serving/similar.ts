import { limitOf } from '../data/index.ts';
import { topK } from '../math/index.ts';
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

const unitRows = new WeakMap<Float32Array, Matrix>();

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
  const names = bundle.config.similar.model ? [bundle.config.similar.model] : Object.keys(bundle.models);
  if (item < bundle.items.size) {
    for (const name of names) {
      const list = await byModel(bundle.models[name]!, item, n, limits);
      if (list) return { model: name, list };
    }
  }
  for (const name of Object.keys(bundle.config.features)) {
    const vectors = catalogue.vectors(name);
    if (vectors) return { model: name, list: byCosine(vectors, item, n, limits) };
  }
  const message = `No model of the bundle can say what is like item "${view.itemId(item)}". Add one with item vectors, or a feature such as content.`;
  throw new RecographError('INVALID_ARGUMENT', message, { at: 'similar.model' });
};

const byModel = async (model: FittedModel, item: number, n: number, limits: Limits): Promise<ItemList | undefined> => {
  if (model.similarItems) return (await model.similarItems(Int32Array.of(item), n, limits))[0];
  return model.itemVectors ? byCosine(model.itemVectors(), item, n, limits) : undefined;
};

/** cos(x, y) = x.y / (|x| |y|) of one row with all; the row itself, excluded and disallowed ones are left out. */
const byCosine = (vectors: Matrix, item: number, n: number, limits: Limits): ItemList => {
  const { rows, columns, data } = normalised(vectors);
  const scores = new Float32Array(rows);
  const own = data.subarray(item * columns, (item + 1) * columns);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let c = 0, at = row * columns; c < columns; c++, at++) sum += data[at]! * own[c]!;
    scores[row] = sum;
  }
  scores[item] = Number.NaN;
  const allowed = limitOf(limits, 0);
  for (let row = 0; row < rows; row++) if (!allowed(row)) scores[row] = Number.NaN;
  return topK(scores, n);
};

const allowing = (available: Bitmap | undefined, asked: Bitmap | undefined): { allow?: Bitmap } => {
  const allow = intersect(available, asked);
  return allow ? { allow } : {};
};

/** Rows of length 1, once a matrix; a row of zeros becomes NaN and is like nothing. */
const normalised = (vectors: Matrix): Matrix => {
  const known = unitRows.get(vectors.data);
  if (known) return known;
  const { rows, columns } = vectors;
  const data = new Float32Array(vectors.data.length);
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    for (let at = row * columns; at < (row + 1) * columns; at++) squares += vectors.data[at]! ** 2;
    const scale = 1 / Math.sqrt(squares);
    for (let at = row * columns; at < (row + 1) * columns; at++) data[at] = vectors.data[at]! * scale;
  }
  const result = { rows, columns, data };
  unitRows.set(vectors.data, result);
  return result;
};
