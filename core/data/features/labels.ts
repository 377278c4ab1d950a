import type { FeatureColumn, Json } from '../../spi/index.ts';
import { malformed, type Parsed } from './values.ts';

export const MISSING = 0;
export const UNSEEN = 1;
/** The first code of a learned label. */
export const FIRST = 2;

/**
 * The learned labels in code order (code = position + FIRST): more frequent first, then by code point;
 * those seen less than `minCount` times, and all beyond `limit`, are left out.
 */
export const rankLabels = (
  counts: ReadonlyMap<string, number>,
  minCount: number,
  limit = Number.POSITIVE_INFINITY,
): readonly string[] =>
  [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : a > b ? 1 : 0))
    .slice(0, limit)
    .map(([label]) => label);

export const codesOf = (labels: readonly string[]): ReadonlyMap<string, number> =>
  new Map(labels.map((label, place) => [label, place + FIRST]));

export type Values = readonly (Json | undefined)[];

export const encodeCategory = (
  values: Values,
  parse: (value: Json | undefined) => Parsed<string>,
  codes: ReadonlyMap<string, number>,
  onMalformed: () => void,
): FeatureColumn => {
  const encoded = new Int32Array(values.length);
  for (let r = 0; r < values.length; r++) {
    const label = parse(values[r]);
    if (label === malformed) onMalformed();
    else if (label !== undefined) encoded[r] = codes.get(label) ?? UNSEEN;
  }
  return { kind: 'categorical', size: codes.size + FIRST, codes: encoded };
};

/** A missing or malformed value is an empty row; labels that were not learned stand as UNSEEN. */
export const encodeBag = (
  values: Values,
  parse: (value: Json | undefined) => Parsed<readonly string[]>,
  codes: ReadonlyMap<string, number>,
  onMalformed: () => void,
): FeatureColumn => {
  const offsets = new Uint32Array(values.length + 1);
  const encoded: number[] = [];
  for (let r = 0; r < values.length; r++) {
    const labels = parse(values[r]);
    if (labels === malformed) onMalformed();
    else if (labels !== undefined) for (const label of labels) encoded.push(codes.get(label) ?? UNSEEN);
    offsets[r + 1] = encoded.length;
  }
  return { kind: 'bag', size: codes.size + FIRST, offsets, codes: Int32Array.from(encoded) };
};
