import type { Rng, Tensor } from 'recograph';
import {
  dense,
  type FieldLayout,
  glorotUniform,
  type Layer,
  mlp,
  normal,
  type Parameter,
  type Pass,
  parameter,
  poolFields,
  sumVectors,
  type Table,
  table,
  unitLength,
  weighSlots,
} from 'recograph/nn';

export type Pooling = 'mean' | 'attention' | 'none';

export interface TowerShape {
  readonly layout: FieldLayout;
  readonly dimensions: number;
  readonly hidden: readonly number[];
  readonly history: Pooling;
}

/** What a tower reads of its rows. */
export interface TowerInputs {
  readonly rows: number;
  /** [rows x slots x dimensions]; undefined where the side has no field. */
  readonly slots: Tensor | undefined;
  /** [rows x slots x 1]; undefined where all are 1. */
  readonly factors: Tensor | undefined;
  /** Slots of each field. */
  readonly widths: readonly number[];
  /** mean: [rows x dimensions], pooled already; attention: the vectors of all steps, [steps x dimensions]. */
  readonly history: Tensor | undefined;
  /** attention: int32 [steps], the row that each step belongs to. */
  readonly owners: Tensor | undefined;
}

export interface Towers {
  /** Rows of all fields, [layout.rows x dimensions]; a history's items are the rows of their ids. */
  readonly vectors: Table;
  readonly dense: readonly Parameter[];
  readonly parameters: readonly Parameter[];
  /** Unit vectors [rows x dimensions]. */
  apply(pass: Pass, side: 'user' | 'item', inputs: TowerInputs): Tensor;
}

/** Standard deviation of the first field vectors. */
const INITIAL_DEVIATION = 0.1;

/**
 * A tower: the vectors of a row's fields (and, for users, the pooled vectors of the history's items), summed; with
 * hidden layers side by side through ReLU layers and a linear one. The result is scaled to length 1.
 */
export const createTowers = ({ layout, dimensions, hidden, history }: TowerShape, rng: Rng): Towers => {
  const vectors = table('vectors', layout.rows, dimensions, normal(rng, INITIAL_DEVIATION));
  const fieldsOf = (side: 'user' | 'item'): number => layout.fields.filter((field) => field.side === side).length;
  const pooled = history === 'none' ? 0 : 1;
  const layers = {
    user: layersOf('user', (fieldsOf('user') + pooled) * dimensions, hidden, dimensions, rng),
    item: layersOf('item', fieldsOf('item') * dimensions, hidden, dimensions, rng),
  };
  const attention = history === 'attention' ? attentionPooling(dimensions, rng) : undefined;
  const others = [...layers.user, ...layers.item, ...(attention ? [attention] : [])].flatMap((part) => part.parameters);
  return {
    vectors,
    dense: others,
    parameters: [vectors, ...others],
    apply: (pass, side, inputs) => {
      const { tf } = pass;
      const parts: Tensor[] = [];
      if (inputs.slots) parts.push(poolFields(tf, weighSlots(tf, inputs.slots, inputs.factors), inputs.widths));
      if (inputs.history) {
        parts.push(attention ? attention.apply(pass, inputs.history, inputs.owners!, inputs.rows) : inputs.history);
      }
      const x = tf.concat(parts, 1);
      const own = layers[side];
      const y = own.length === 0 ? sumVectors(tf, x, dimensions) : own.reduce((y, layer) => layer.apply(pass, y), x);
      return unitLength(tf, y);
    },
  };
};

const layersOf = (side: string, inputs: number, hidden: readonly number[], outputs: number, rng: Rng): Layer[] =>
  hidden.length === 0 || inputs === 0
    ? []
    : [mlp(`${side}/hidden`, [inputs, ...hidden], rng), dense(`${side}/output`, hidden.at(-1)!, outputs, rng)];

/**
 * The mean of a history's vectors e weighted by softmax(v . tanh(W e + b)) over its steps (Yang et al. 2016): rows
 * [rows x width] of steps [steps x width]; zeros where a row has none.
 */
const attentionPooling = (width: number, rng: Rng) => {
  const keys = dense('history/keys', width, width, rng);
  const query = parameter('history/query', [width, 1], glorotUniform(rng));
  return {
    parameters: [...keys.parameters, query],
    apply: (pass: Pass, steps: Tensor, owners: Tensor, rows: number): Tensor => {
      const { tf } = pass;
      if (steps.shape[0] === 0) return tf.zeros([rows, width]);
      const logits = tf.matMul(tf.tanh(keys.apply(pass, steps)) as never, pass.value(query) as never);
      // Bounded by the query's 1-norm: no shift is needed.
      const shares = tf.exp(logits);
      const sums = tf.unsortedSegmentSum(tf.mul(steps, shares), owners as never, rows);
      return tf.div(sums, tf.add(tf.unsortedSegmentSum(shares, owners as never, rows), 1e-12));
    },
  };
};
