import { createHash } from 'node:crypto';
import { concatFeatures, gatherFeatures } from '../data/index.ts';
import type { FeatureRows, FittedExtractor, ItemRecord, Matrix } from '../spi/index.ts';
import type { Encoders } from '../training/encoders.ts';
import { extractItems } from '../training/vectors.ts';

/** Features and extractors' vectors of the vocabulary's items, then the overlay's. */
export interface ItemContent {
  readonly features: FeatureRows;
  readonly vectors: Readonly<Record<string, Matrix>>;
}

/**
 * What is known of items now, beside what the bundle was trained with. A record is encoded once, and its vectors are extracted
 * once: they are kept by the hash of the encoded features, so that a change of one item extracts that item alone. Items
 * whose content is as it was keep the bundle's own vectors.
 */
export const createItemContent = (
  encoders: Encoders,
  extractors: Readonly<Record<string, FittedExtractor>>,
  itemFeatures: FeatureRows,
  vectors: Readonly<Record<string, Matrix>>,
) => {
  const extracts = Object.keys(vectors).length > 0;
  /** The vocabulary's records as they were last looked at. */
  const seen: (ItemRecord | undefined)[] = [];
  /** Items of the vocabulary whose content is another than in training. */
  const changed = new Set<number>();
  let kept: ReadonlyMap<string, Readonly<Record<string, Float32Array>>> = new Map();

  const lookAgain = (records: readonly (ItemRecord | undefined)[]): void => {
    const news: number[] = [];
    for (let item = 0; item < itemFeatures.rows; item++) {
      if (records[item] === seen[item]) continue;
      seen[item] = records[item];
      changed.delete(item);
      if (records[item]) news.push(item);
    }
    if (news.length === 0) return;
    const encoded = encoders.items(news.map((item) => records[item]));
    news.forEach((item, k) => {
      if (!isSameRow(encoded, k, itemFeatures, item)) changed.add(item);
    });
  };

  return async (records: readonly (ItemRecord | undefined)[]): Promise<ItemContent> => {
    if (extracts) lookAgain(records);
    const others = [...changed].sort((a, b) => a - b);
    const known = itemFeatures.rows;
    const overlay = Int32Array.from({ length: records.length - known }, (_, k) => known + k);
    if (others.length + overlay.length === 0) return { features: itemFeatures, vectors };
    const encoded = encoders.items([...others, ...overlay].map((item) => records[item]));
    const order = Int32Array.from({ length: records.length }, (_, item) =>
      item < known ? item : item + others.length,
    );
    others.forEach((item, k) => {
      order[item] = known + k;
    });
    const features = concatFeatures([itemFeatures, encoded]);
    const found = extracts ? await extracted(encoded) : [];
    return {
      features: others.length === 0 ? features : gatherFeatures(features, order),
      vectors: Object.fromEntries(
        Object.entries(vectors).map(([name, { columns, data }]) => {
          const all = new Float32Array(records.length * columns);
          all.set(data);
          [...others, ...overlay].forEach((item, k) => {
            all.set(found[k]![name]!, item * columns);
          });
          return [name, { rows: records.length, columns, data: all }];
        }),
      ),
    };
  };

  /** The vectors of each row by feature name: kept ones, and those that have to be extracted. */
  async function extracted(rows: FeatureRows): Promise<readonly Readonly<Record<string, Float32Array>>[]> {
    const keys = hashesOf(rows);
    const missing = [...keys.entries()].flatMap(([row, key]) => (kept.has(key) ? [] : [row]));
    const made = missing.length > 0 ? await extractItems(extractors, gatherFeatures(rows, missing)) : {};
    const fresh = new Map(
      missing.map((row, k) => [
        keys[row]!,
        Object.fromEntries(
          Object.entries(made).map(([name, { columns, data }]) => [name, data.slice(k * columns, (k + 1) * columns)]),
        ),
      ]),
    );
    const found = keys.map((key) => (fresh.get(key) ?? kept.get(key))!);
    kept = new Map(keys.map((key, row) => [key, found[row]!]));
    return found;
  }
};

/** Whether two rows of the same columns hold the same. */
const isSameRow = (a: FeatureRows, rowOfA: number, b: FeatureRows, rowOfB: number): boolean =>
  Object.entries(a.columns).every(([name, one]) => {
    const other = b.columns[name];
    if (one.kind === 'dense' && other?.kind === 'dense') {
      const [from, start] = [rowOfA * one.width, rowOfB * one.width];
      for (let d = 0; d < one.width; d++) if (!Object.is(one.values[from + d], other.values[start + d])) return false;
      return true;
    }
    if (one.kind === 'bag' && other?.kind === 'bag') {
      const [from, start] = [one.offsets[rowOfA]!, other.offsets[rowOfB]!];
      const count = one.offsets[rowOfA + 1]! - from;
      if (other.offsets[rowOfB + 1]! - start !== count) return false;
      for (let k = 0; k < count; k++) if (one.codes[from + k] !== other.codes[start + k]) return false;
      return true;
    }
    if (one.kind === 'categorical' && other?.kind === 'categorical') return one.codes[rowOfA] === other.codes[rowOfB];
    return one.kind === 'text' && other?.kind === 'text' && one.values[rowOfA] === other.values[rowOfB];
  });

/** SHA-256 of each row's encoded features. */
const hashesOf = ({ rows, columns }: FeatureRows): string[] =>
  Array.from({ length: rows }, (_, row) => {
    const hash = createHash('sha256');
    for (const [name, column] of Object.entries(columns)) {
      hash.update(`\n${name}:`);
      switch (column.kind) {
        case 'dense':
          hash.update(column.values.slice(row * column.width, (row + 1) * column.width));
          break;
        case 'categorical':
          hash.update(String(column.codes[row]));
          break;
        case 'bag':
          hash.update(column.codes.slice(column.offsets[row]!, column.offsets[row + 1]!));
          break;
        case 'text':
          hash.update(JSON.stringify(column.values[row] ?? null));
      }
    }
    return hash.digest('base64');
  });
