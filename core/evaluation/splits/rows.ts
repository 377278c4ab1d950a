import type { SplitRows } from '../../spi/index.ts';

export const TRAIN = 0;
export const VALIDATION = 1;
export const TEST = 2;

/** Row numbers by part, ascending, from each row's part. */
export const rowsByPart = (partOf: Uint8Array): SplitRows => {
  const counts = [0, 0, 0];
  for (const part of partOf) counts[part]!++;
  const rows = counts.map((count) => new Uint32Array(count));
  const cursor = [0, 0, 0];
  for (let k = 0; k < partOf.length; k++) rows[partOf[k]!]![cursor[partOf[k]!]!++] = k;
  return { train: rows[TRAIN]!, validation: rows[VALIDATION]!, test: rows[TEST]! };
};
