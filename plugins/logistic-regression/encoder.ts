import type { FeatureRows } from 'recograph';
import type { Example } from './ftrl.ts';
import type { Layout, Side } from './layout.ts';
import { type CodeRows, codeRows, type SparseRows, sparseRows } from './sparse-rows.ts';

/** Features of one side, with the ids of its rows where it has any. */
export interface SideRows {
  readonly features: FeatureRows;
  readonly ids?: Int32Array;
}

/** One row of each side. */
export type RowOf = Readonly<Record<Side, number>>;

export interface Encoder {
  /** The sparse features of one side alone. */
  readonly sides: Readonly<Record<Side, SparseRows>>;
  /** Whether rows of two sides have features of their own: crosses. */
  readonly crossed: boolean;
  /** Writes all features of a combination into `example`, the intercept last. */
  write(rows: RowOf, example: Example): void;
  /** Calls `visit` with each place of the combination's crosses, where the value is 1. */
  eachCross(rows: RowOf, visit: (place: number) => void): void;
}

export const createEncoder = (layout: Layout, rows: Readonly<Record<Side, SideRows>>): Encoder => {
  const rowsOf = (side: Side) => sparseRows(layout.blocks, side, rows[side].features, rows[side].ids);
  const sides = { user: rowsOf('user'), item: rowsOf('item'), context: rowsOf('context') };
  const crosses = layout.crosses.map((cross) => ({
    ...cross,
    parts: cross.blocks.map((block) => ({
      side: block.side,
      rows: codeRows(block, rows[block.side].features, rows[block.side].ids),
    })),
  }));

  const eachCross: Encoder['eachCross'] = (at, visit) => {
    for (let c = 0; c < crosses.length; c++) {
      const { parts, offset, size } = crosses[c]!;
      eachHash(parts, 0, mix(0x9e3779b9, c), at, (hash) => visit(offset + (hash % size)));
    }
  };
  return {
    sides,
    crossed: crosses.length > 0,
    eachCross,
    write: (at, example) => {
      example.length = 0;
      for (const side of ['user', 'item', 'context'] as const) {
        const { offsets, places, values } = sides[side];
        for (let k = offsets[at[side]]!; k < offsets[at[side] + 1]!; k++) append(example, places[k]!, values[k]!);
      }
      eachCross(at, (place) => append(example, place, 1));
      append(example, layout.size - 1, 1);
    },
  };
};

const append = (example: Example, place: number, value: number): void => {
  if (example.length === example.places.length) {
    const places = new Int32Array(example.length * 2);
    const values = new Float32Array(example.length * 2);
    places.set(example.places);
    values.set(example.values);
    example.places = places;
    example.values = values;
  }
  example.places[example.length] = place;
  example.values[example.length++] = value;
};

/** One hash a combination of the parts' codes; none where a part has no code. */
const eachHash = (
  parts: readonly { side: Side; rows: CodeRows }[],
  from: number,
  hash: number,
  at: RowOf,
  visit: (hash: number) => void,
): void => {
  if (from === parts.length) {
    visit(hash >>> 0);
    return;
  }
  const { side, rows } = parts[from]!;
  for (let k = rows.offsets[at[side]]!; k < rows.offsets[at[side] + 1]!; k++) {
    eachHash(parts, from + 1, mix(hash, rows.codes[k]!), at, visit);
  }
};

/** The round and the finaliser of MurmurHash3. */
const mix = (hash: number, code: number): number => {
  let k = Math.imul(code, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  let h = hash ^ k;
  h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
};

export const newExample = (): Example => ({ places: new Int32Array(64), values: new Float32Array(64), length: 0 });
