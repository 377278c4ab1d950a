import type { Rng, Tensor, Tf } from 'recograph';
import {
  dense,
  dropout,
  type FieldLayout,
  glorotUniform,
  type Layer,
  mlp,
  normal,
  parameter,
  poolFields,
  scaleGradient,
  sidesOfLayout,
  type TwoSidedNetwork,
  table,
  weighSlots,
  zeros,
} from 'recograph/nn';
import type { Task } from './tasks.ts';

/** What decides the network's shape; plain JSON. */
export interface NetworkShape {
  readonly layout: FieldLayout;
  readonly tasks: readonly Task[];
  /** That all tasks share; 1 and none of their own = a bottom, no gates. */
  readonly experts: number;
  /** Experts of each task's own. */
  readonly own: number;
  readonly hidden: readonly number[];
  readonly tower: readonly number[];
  readonly factors: number;
  readonly dropout: number;
}

/** What one side brings, row for row. */
export interface Half {
  /**
   * Its part of the first layers of all experts and of all gates, [rows x (all experts hidden[0] + tasks (experts + own))];
   * while learning once for each rate at which tasks move the embeddings.
   */
  readonly hidden: readonly Tensor[];
  /** The sums of its fields' first-order weights, [rows x tasks]. */
  readonly linear: Tensor;
}

/** One number a task. */
export interface LearningOptions {
  /** First values of bias_t; 0 unless given. */
  readonly starts: Float32Array;
  /** Share of the task's gradient that passes to the embeddings; 1 unless given. */
  readonly embeddingRates: readonly number[];
}

export type Network = TwoSidedNetwork<Half>;

/** Standard deviation of the embeddings' first values. */
const INITIAL_DEVIATION = 0.05;

/**
 * Output of task t = tower_t(sum_e g_te expert_e(x)) + sum_j w_tj x_j + bias_t, g_t = softmax(W_t x), x the embeddings of
 * all fields side by side (Ma et al. 2018, eq. 6 to 8). e runs over the shared experts and those of the task's own
 * (customized gate control, Tang et al. 2020, eq. 4 to 6). With one expert there are no gates: the shared bottom (eq. 1). The
 * first-order weights w_t are each task's own: what it knows of a user or an item by itself (the wide part of Cheng et al.
 * 2016).
 */
export const createNetwork = (shape: NetworkShape, rng: Rng, learning: Partial<LearningOptions> = {}): Network => {
  const { layout, tasks, experts, own, hidden, factors } = shape;
  const { starts = new Float32Array(tasks.length), embeddingRates = tasks.map(() => 1) } = learning;
  const first = hidden[0]!;
  const all = experts + tasks.length * own;
  const mixed = experts + own;
  const gates = mixed > 1 ? tasks.length * mixed : 0;
  const { query, item } = sidesOfLayout(layout);
  const inputs = (query + item) * factors;
  const vectors = table('vectors', layout.rows, factors, normal(rng, INITIAL_DEVIATION));
  const weights = table('weights', layout.rows, tasks.length, zeros);
  const glorot = [...Array.from({ length: all }, () => first), gates].map((width) => ({
    width,
    values: glorotUniform(rng)([inputs, width]),
  }));
  /** The first layers side by side: rows `from .. from + rows` of each. */
  const firstWeights = (from: number, rows: number) => (): Float32Array => {
    const data = new Float32Array(rows * (all * first + gates));
    let at = 0;
    for (let r = from; r < from + rows; r++) {
      for (const { width, values } of glorot) {
        data.set(values.subarray(r * width, (r + 1) * width), at);
        at += width;
      }
    }
    return data;
  };
  const width = all * first + gates;
  const firstLayer = {
    query: parameter('first/query', [query * factors, width], firstWeights(0, query * factors)),
    item: parameter('first/item', [item * factors, width], firstWeights(query * factors, item * factors)),
    bias: parameter('first/bias', [width], zeros),
  };
  const rests = Array.from({ length: all }, (_, e) => mlp(`expert/${e}`, hidden, rng, shape.dropout));
  const towers = tasks.map((_, t): Layer[] => [
    mlp(`tower/${t}`, [hidden.at(-1)!, ...shape.tower], rng, shape.dropout),
    dense(`output/${t}`, shape.tower.at(-1) ?? hidden.at(-1)!, 1, rng),
  ]);
  const offsets = parameter('bias', [tasks.length], () => starts.slice());
  const others = [
    ...Object.values(firstLayer),
    ...[...rests, ...towers.flat()].flatMap(({ parameters }) => parameters),
    offsets,
  ];
  const expertsOf = (task: number): number[] =>
    Array.from({ length: mixed }, (_, e) => (e < experts ? e : e + task * own));
  const rates = [...new Set(embeddingRates)];
  const sizes = [...Array.from({ length: all }, () => first), ...(gates > 0 ? tasks.map(() => mixed) : [])];

  return {
    vectors,
    weights,
    dense: others,
    parameters: [vectors, weights, ...others],
    outputs: tasks.length,
    half: ({ tf, value, training }, side, looked) => {
      const fields = poolFields(tf, weighSlots(tf, looked.vectors, looked.x), looked.widths);
      const layer = value(firstLayer[side]);
      return {
        hidden: (training ? rates : [1]).map((rate) =>
          tf.matMul(scaleGradient(tf, fields, rate) as never, layer as never),
        ),
        linear: tf.sum(weighSlots(tf, looked.weights!, looked.x), 1),
      };
    },
    combine: (pass, query, item) => {
      const { tf } = pass;
      const bottoms = query.hidden.map((hidden, r) => {
        const sum = tf.add(item.hidden[r]!, tf.add(hidden, pass.value(firstLayer.bias)));
        const parts = tf.split(sum, sizes, 1);
        const outputs: Tensor[] = [];
        const outputOf = (e: number): Tensor => {
          outputs[e] ??= rests[e]!.apply(pass, tf.relu(parts[e]!));
          return outputs[e];
        };
        return { parts, outputOf };
      });
      const logits = towers.map(([tower, output], t) => {
        const { parts, outputOf } = bottoms[pass.training ? rates.indexOf(embeddingRates[t]!) : 0]!;
        const outputs = expertsOf(t).map(outputOf);
        const below = gates > 0 ? mix(tf, outputs, tf.softmax(parts[all + t]!)) : outputs[0]!;
        return output!.apply(
          pass,
          dropout(pass, tower!.apply(pass, dropout(pass, below, shape.dropout)), shape.dropout),
        );
      });
      return tf.add(tf.add(tf.concat(logits, 1), tf.add(query.linear, item.linear)), pass.value(offsets));
    },
  };
};

/** sum_e gate_e output_e, gate [rows x experts]. */
const mix = (tf: Tf, outputs: readonly Tensor[], gate: Tensor): Tensor => {
  const shares = tf.split(gate, outputs.length, 1);
  return tf.addN(outputs.map((output, e) => tf.mul(output, shares[e]!)));
};
