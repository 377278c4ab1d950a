import { type FeatureColumn, type FeatureRows, FIRST_CODE, MISSING_CODE } from 'recograph';
import type { Block, Side } from './layout.ts';

/** Rows of weight places with their values: row r is `offsets[r] .. offsets[r + 1]`. */
export interface SparseRows {
  readonly offsets: Uint32Array;
  readonly places: Int32Array;
  readonly values: Float32Array;
}

/**
 * The rows of one side as sparse features: an id or category is 1 at its code, each of n codes of a bag 1 / sqrt(n),
 * a number itself. Missing values stand at code 0 (dense: at the last place); an id that is not known adds nothing.
 */
export const sparseRows = (
  blocks: readonly Block[],
  side: Side,
  features: FeatureRows,
  ids: Int32Array | undefined,
): SparseRows => {
  const own = blocks.filter((block) => block.side === side);
  const columns = own.map(({ field, kind }) => {
    const column = field === undefined || !Object.hasOwn(features.columns, field) ? undefined : features.columns[field];
    return column?.kind === kind ? column : undefined;
  });
  const offsets = new Uint32Array(features.rows + 1);
  const places: number[] = [];
  const values: number[] = [];
  const add = (place: number, value: number): void => {
    places.push(place);
    values.push(value);
  };
  for (let r = 0; r < features.rows; r++) {
    for (let b = 0; b < own.length; b++) {
      const block = own[b]!;
      if (block.kind !== 'id') addColumn(block, columns[b], r, add);
      else if (ids && ids[r]! >= 0 && ids[r]! < block.size) add(block.offset + ids[r]!, 1);
    }
    offsets[r + 1] = places.length;
  }
  return { offsets, places: Int32Array.from(places), values: Float32Array.from(values) };
};

const addColumn = (
  block: Block,
  column: FeatureColumn | undefined,
  row: number,
  add: (place: number, value: number) => void,
): void => {
  if (block.kind === 'dense') {
    const width = block.size - 1;
    const values = column?.kind === 'dense' ? column.values.subarray(row * width, (row + 1) * width) : undefined;
    if (!values || values.some(Number.isNaN)) add(block.offset + width, 1);
    else for (let d = 0; d < width; d++) if (values[d] !== 0) add(block.offset + d, values[d]!);
  } else if (column?.kind === 'bag') {
    const from = column.offsets[row]!;
    const to = column.offsets[row + 1]!;
    if (from === to) add(block.offset + MISSING_CODE, 1);
    const share = 1 / Math.sqrt(to - from);
    for (let k = from; k < to; k++) add(block.offset + column.codes[k]!, share);
  } else add(block.offset + (column?.kind === 'categorical' ? column.codes[row]! : MISSING_CODE), 1);
};

/** The codes of one field of each row, for crosses: row r is `offsets[r] .. offsets[r + 1]`; missing and unseen have none. */
export interface CodeRows {
  readonly offsets: Uint32Array;
  readonly codes: Int32Array;
}

export const codeRows = (
  block: Omit<Block, 'offset'>,
  features: FeatureRows,
  ids: Int32Array | undefined,
): CodeRows => {
  const offsets = new Uint32Array(features.rows + 1);
  const codes: number[] = [];
  const column =
    block.field !== undefined && Object.hasOwn(features.columns, block.field)
      ? features.columns[block.field]
      : undefined;
  for (let r = 0; r < features.rows; r++) {
    if (block.kind === 'id') {
      if (ids && ids[r]! >= 0 && ids[r]! < block.size) codes.push(ids[r]!);
    } else if (column?.kind === 'categorical') {
      if (column.codes[r]! >= FIRST_CODE) codes.push(column.codes[r]!);
    } else if (column?.kind === 'bag') {
      for (let k = column.offsets[r]!; k < column.offsets[r + 1]!; k++) {
        if (column.codes[k]! >= FIRST_CODE) codes.push(column.codes[k]!);
      }
    }
    offsets[r + 1] = codes.length;
  }
  return { offsets, codes: Int32Array.from(codes) };
};
