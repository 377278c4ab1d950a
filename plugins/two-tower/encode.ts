import type { FeatureRows, Matrix, TensorRuntime } from 'recograph';
import {
  type EncodedSide,
  encodeSide,
  type InferencePass,
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

/** Unit vectors of these rows of users, [rows x dimensions]; row r has the history of the same number. */
export const userVectorsOf = (
  runtime: TensorRuntime,
  pass: InferencePass,
  towers: Towers,
  shape: TowerShape,
  side: EncodedSide,
  histories: ItemRows,
): Promise<Matrix> =>
  inChunks(runtime, shape, histories.offsets.length - 1, (rows) =>
    forward(runtime, pass, towers, shape, 'user', sideSlots(side, rows), rowsOf(histories, rows)),
  );

/** Unit vectors of items by their index and features, [rows x dimensions]. */
export const itemVectorsOf = (
  runtime: TensorRuntime,
  pass: InferencePass,
  towers: Towers,
  shape: TowerShape,
  features: FeatureRows,
  ids: Int32Array,
): Promise<Matrix> => {
  const side = encodeSide(shape.layout, 'item', features, ids);
  return inChunks(runtime, shape, ids.length, (rows) =>
    forward(runtime, pass, towers, shape, 'item', sideSlots(side, rows), undefined),
  );
};

const forward = (
  { tf }: TensorRuntime,
  pass: InferencePass,
  towers: Towers,
  { layout, history: pooling }: TowerShape,
  side: 'user' | 'item',
  slots: Slots | undefined,
  histories: { readonly rows: ItemRows; readonly count: number } | undefined,
) => {
  const factors = slots && slotFactors(slots);
  const { history, owners } = histories
    ? historyFeeds(towers.vectors, layout, pooling, histories.rows)
    : { history: undefined, owners: undefined };
  return towers.apply(pass, side, {
    rows: slots?.rows ?? histories!.count,
    slots: slots && pass.rows(slotLookup(towers.vectors, slots)),
    factors: factors && tf.tensor(factors.data, [...factors.shape]),
    widths: slots?.widths ?? [],
    history: history && pass.rows(history),
    owners: owners && tf.tensor1d(owners as Int32Array, 'int32'),
  });
};

const rowsOf = ({ offsets, indices }: ItemRows, rows: Int32Array) => {
  const from = rows[0]!;
  const own = offsets.slice(from, from + rows.length + 1);
  const start = own[0]!;
  return {
    rows: { offsets: own.map((offset) => offset - start), indices: indices.subarray(start, own.at(-1)) },
    count: rows.length,
  };
};

const inChunks = async (
  runtime: TensorRuntime,
  { dimensions }: TowerShape,
  count: number,
  run: (rows: Int32Array) => ReturnType<Towers['apply']>,
): Promise<Matrix> => {
  const data = new Float32Array(count * dimensions);
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const rows = Int32Array.from({ length: Math.min(ROWS_AT_ONCE, count - from) }, (_, k) => from + k);
    const result = runtime.scope(() => run(rows));
    data.set(await result.data<'float32'>(), from * dimensions);
    result.dispose();
  }
  return { rows: count, columns: dimensions, data };
};
