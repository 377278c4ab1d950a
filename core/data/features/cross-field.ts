import type { FeatureColumn } from '../../spi/index.ts';
import type { FieldState } from './field.ts';
import { FIRST, MISSING, type Values } from './labels.ts';
import { malformed, parseLabel } from './values.ts';

/** FNV-1a over UTF-16 code units, then the finaliser of MurmurHash3: the same on every platform. */
export const stableHash = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** One part of a cross: a categorical column's codes, or a field's own labels where no column has its name. */
export type CrossPart = { readonly codes: Int32Array } | { readonly values: Values };

/** code = 2 + hash(parts) mod size; 0 where a part is missing. */
export const encodeCross = (
  rows: number,
  parts: readonly CrossPart[],
  { size }: Extract<FieldState, { kind: 'cross' }>,
): FeatureColumn => {
  const codes = new Int32Array(rows);
  for (let r = 0; r < rows; r++) {
    const key: string[] = [];
    for (const part of parts) {
      const label = 'codes' in part ? part.codes[r] || undefined : parseLabel(part.values[r]);
      if (label !== undefined && label !== malformed) key.push(String(label));
    }
    codes[r] = key.length < parts.length ? MISSING : FIRST + (stableHash(JSON.stringify(key)) % size);
  }
  return { kind: 'categorical', size: size + FIRST, codes };
};
