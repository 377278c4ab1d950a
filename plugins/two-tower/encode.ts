import type { FeatureRows, Matrix, Tensor, TensorRuntime } from 'recograph';
import {
  type EncodedSide,
  encodeSide,
  type InferencePass,
  isBlank,
  type Slots,
  slotFactors,
  slotLookup,
  slotsOf,
} from 'recograph/nn';
import { historyFeeds, type ItemRows } from './histories.ts';
import type { TowerShape, Towers } from './towers.ts';

/** Bounds the memory of one pass. */
const ROWS_AT_ONCE = 2048;

/** The slots of rows of one side; undefined where the side has no field. */
export const sideSlots = (side: EncodedSide, rows: Int32Array): Slots | undefined =>
  side.length === 0 ? undefined : slotsOf([{ side, rows }]);

/** Unit vectors of users, [rows x dimensions]; row r has the history of the same number. NaN where nothing is known. */
export const userVectorsOf = (
  runtime: TensorRuntime,
  pass: InferencePass,
  towers: Towers,
  shape: TowerShape,
  side: EncodedSide,
  histories: ItemRows,
): Promise<Matrix> =>
  inChunks(runtime, shape, histories.offsets.length - 1, (rows) => {
    const slots = sideSlots(side, rows);
    const own = shape.history === 'none' ? noItems(rows.length) : rowsOf(histories, rows);
    return {
      run: () => forward(runtime, pass, towers, shape, 'user', rows.length, slots, own),
      blank: (row) => own.offsets[row] === own.offsets[row + 1] && (slots === undefined || isBlank(slots, row)),
    };
  });

/** Unit vectors of items by their index and features, [rows x dimensions]. NaN where nothing is known. */
export const itemVectorsOf = (
  runtime: TensorRuntime,
  pass: InferencePass,
  towers: Towers,
  shape: TowerShape,
  features: FeatureRows,
  ids: Int32Array,
): Promise<Matrix> => {
  const side = encodeSide(shape.layout, 'item', features, ids);
  return inChunks(runtime, shape, ids.length, (rows) => {
    const slots = sideSlots(side, rows)!;
    return {
      run: () => forward(runtime, pass, towers, shape, 'item', rows.length, slots, undefined),
      blank: (row) => isBlank(slots, row),
    };
  });
};

const forward = (
  { tf }: TensorRuntime,
  pass: InferencePass,
  towers: Towers,
  { layout, history: pooling }: TowerShape,
  side: 'user' | 'item',
  rows: number,
  slots: Slots | undefined,
  histories: ItemRows | undefined,
): Tensor => {
  const factors = slots && slotFactors(slots);
  const { history, owners } = historyFeeds(towers.vectors, layout, histories ? pooling : 'none', histories);
  return towers.apply(pass, side, {
    rows,
    slots: slots && pass.rows(slotLookup(towers.vectors, slots)),
    factors: factors && tf.tensor(factors.data, [...factors.shape]),
    widths: slots?.widths ?? [],
    history: history && pass.rows(history),
    owners: owners && tf.tensor1d(owners, 'int32'),
  });
};

/** These consecutive rows. */
const rowsOf = ({ offsets, indices }: ItemRows, rows: Int32Array): ItemRows => {
  const from = rows[0]!;
  const own = offsets.slice(from, from + rows.length + 1);
  const start = own[0]!;
  return { offsets: own.map((offset) => offset - start), indices: indices.subarray(start, own.at(-1)) };
};

const noItems = (rows: number): ItemRows => ({ offsets: new Uint32Array(rows + 1), indices: new Int32Array(0) });

interface Chunk {
  run(): Tensor;
  /** Whether nothing is known of a row. */
  blank(row: number): boolean;
}

const inChunks = async (
  runtime: TensorRuntime,
  { dimensions }: TowerShape,
  count: number,
  chunkOf: (rows: Int32Array) => Chunk,
): Promise<Matrix> => {
  const data = new Float32Array(count * dimensions);
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const rows = Int32Array.from({ length: Math.min(ROWS_AT_ONCE, count - from) }, (_, k) => from + k);
    const chunk = chunkOf(rows);
    const result = runtime.scope(() => chunk.run());
    data.set(await result.data<'float32'>(), from * dimensions);
    result.dispose();
    rows.forEach((row, r) => {
      const vector = data.subarray(row * dimensions, (row + 1) * dimensions);
      // An id that training never met has a row of zeros: it says nothing either.
      if (chunk.blank(r) || vector.every((value) => value === 0)) vector.fill(Number.NaN);
    });
  }
  return { rows: count, columns: dimensions, data };
};
