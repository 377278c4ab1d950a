import type { PipelineResult, ServedBy, StageFailure } from '../../pipeline/index.ts';

/** A PipelineResult in a few flat arrays, which move between threads without a copy. */
export interface PackedResult {
  readonly offsets: Uint32Array;
  readonly items: Int32Array;
  readonly scores: Float32Array;
  readonly sources: Uint32Array;
  readonly sourceNames: readonly string[];
  /** Places in SERVED_BY. */
  readonly servedBy: Uint8Array;
  /** Queries with failures alone. */
  readonly failures: readonly (readonly [number, readonly StageFailure[]])[];
}

const SERVED_BY: readonly ServedBy[] = ['PIPELINE', 'FOLD_IN', 'FALLBACK'];
const NONE: readonly StageFailure[] = [];

export const packResult = ({ lists, sources, sourceNames, servedBy, failures }: PipelineResult): PackedResult => {
  const offsets = new Uint32Array(lists.length + 1);
  for (const [q, { items }] of lists.entries()) offsets[q + 1] = offsets[q]! + items.length;
  const total = offsets[lists.length]!;
  const packed = { items: new Int32Array(total), scores: new Float32Array(total), sources: new Uint32Array(total) };
  for (const [q, list] of lists.entries()) {
    packed.items.set(list.items, offsets[q]);
    packed.scores.set(list.scores, offsets[q]);
    packed.sources.set(sources[q]!, offsets[q]);
  }
  return {
    offsets,
    ...packed,
    sourceNames,
    servedBy: Uint8Array.from(servedBy, (by) => SERVED_BY.indexOf(by)),
    failures: [...failures.entries()].filter(([, list]) => list.length > 0),
  };
};

export const unpackResult = (packed: PackedResult): PipelineResult => {
  const { offsets, items, scores, sources, sourceNames, servedBy } = packed;
  const failures: (readonly StageFailure[])[] = Array.from(servedBy, () => NONE);
  for (const [q, list] of packed.failures) failures[q] = list;
  const rows = Array.from(servedBy, (_, q) => [offsets[q]!, offsets[q + 1]!] as const);
  return {
    lists: rows.map(([from, to]) => ({ items: items.subarray(from, to), scores: scores.subarray(from, to) })),
    sources: rows.map(([from, to]) => sources.subarray(from, to)),
    sourceNames,
    servedBy: Array.from(servedBy, (by) => SERVED_BY[by]!),
    failures,
  };
};

export const buffersOf = ({ offsets, items, scores, sources, servedBy }: PackedResult): ArrayBuffer[] =>
  [offsets, items, scores, sources, servedBy].map(({ buffer }) => buffer as ArrayBuffer);
