import type {
  Capabilities,
  ComponentState,
  Dataset,
  FitOptions,
  FittedModel,
  ItemSet,
  Model,
  QueryBatch,
} from 'recograph';
import { RecographError, yieldToEvents } from 'recograph';
import { createEncoder, type Encoder, newExample } from './encoder.ts';
import { type LabelConfig, negativeSampler, shuffle, trainingEvents } from './examples.ts';
import { Ftrl, type FtrlConfig, sigmoid } from './ftrl.ts';
import { createLayout, type Layout, type LayoutConfig } from './layout.ts';
import type { SparseRows } from './sparse-rows.ts';

export interface LogisticRegressionConfig extends LayoutConfig, LabelConfig, FtrlConfig {
  readonly epochs: number;
}

/** Examples between two turns of the event loop. */
const CHUNK = 20_000;

interface Learned {
  readonly layout: Layout;
  readonly weights: Float32Array;
  /** Labels were observed, none drawn: scores are probabilities of what was recorded. */
  readonly observed: boolean;
}

export const createLogisticRegression = (config: LogisticRegressionConfig): Model => ({
  fit: async (data, _inputs, options) => fitted(await learn(data, config, options)),
  restore: ({ json, tensors }) =>
    fitted({
      ...(json as unknown as Pick<Learned, 'layout' | 'observed'>),
      weights: tensors.weights!.data as Float32Array,
    }),
});

const learn = async (data: Dataset, config: LogisticRegressionConfig, options: FitOptions): Promise<Learned> => {
  const { rng, signal, report } = options;
  await yieldToEvents(signal);
  const layout = createLayout(data, config);
  const events = trainingEvents(data, config);
  const { users, items, context } = data.interactions;
  const encoder = createEncoder(layout, {
    user: { features: data.userFeatures, ids: indicesTo(data.users.size) },
    item: { features: data.itemFeatures, ids: indicesTo(data.items.size) },
    context: { features: context },
  });
  const ftrl = new Ftrl(layout.size, config);
  const example = newExample();
  const order = Uint32Array.from(events.rows.keys());
  const negativeOf = negativeSampler(data, rng.fork('negatives'));
  const shuffling = rng.fork('order');

  for (let epoch = 1; epoch <= config.epochs; epoch++) {
    shuffle(order, shuffling);
    let loss = 0;
    let examples = 0;
    for (let k = 0; k < order.length; k++) {
      if (k % CHUNK === CHUNK - 1) await yieldToEvents(signal);
      const row = events.rows[order[k]!]!;
      const label = events.labels[order[k]!]!;
      const user = users[row]!;
      encoder.write({ user, item: items[row]!, context: row }, example);
      loss += ftrl.learn(example, label);
      examples++;
      for (let n = 0; label === 1 && n < events.negatives; n++, examples++) {
        encoder.write({ user, item: negativeOf(user), context: row }, example);
        loss += ftrl.learn(example, 0);
      }
    }
    await yieldToEvents(signal);
    report({ epoch, epochs: config.epochs, ...(examples > 0 && { loss: loss / examples }) });
  }
  const weights = ftrl.weights();
  if (!weights.every(Number.isFinite)) {
    throw new RecographError(
      'NOT_FINITE',
      `logistic-regression diverged: a weight is not finite. Lower learningRate (now ${config.learningRate}), or scale the numbers among its fields.`,
    );
  }
  return { layout, weights, observed: events.negatives === 0 };
};

const indicesTo = (size: number): Int32Array => Int32Array.from({ length: size }, (_, index) => index);

const fitted = ({ layout, weights, observed }: Learned): FittedModel => {
  const named = [...layout.blocks, ...layout.crosses.flatMap(({ blocks }) => blocks)];
  const capabilities: Capabilities = {
    feedback: ['implicit', 'explicit'],
    coldUsers: ['attributes'],
    coldItems: true,
    sequential: false,
    context: named.some(({ side }) => side === 'context'),
    calibrated: observed ? 'probability' : 'none',
  };
  return {
    capabilities,
    score: async (queries, items) => {
      const encoder = createEncoder(layout, {
        user: { features: queries.userFeatures, ids: queries.users },
        item: { features: items.features, ids: items.indices },
        context: { features: queries.context },
      });
      return scores(encoder, weights, queries, items);
    },
    state: (): ComponentState => ({
      json: { layout, observed } as unknown as ComponentState['json'],
      tensors: { weights: { shape: [weights.length], data: weights } },
    }),
  };
};

/** Each side's sum is taken once; crosses are added for each pair. */
const scores = (encoder: Encoder, weights: Float32Array, queries: QueryBatch, items: ItemSet): Float32Array => {
  const { sides } = encoder;
  const ofItem = Float64Array.from(items.indices, (_, r) => weightedSum(sides.item, r, weights));
  const shared = items.kind === 'shared';
  const count = items.indices.length;
  const result = new Float32Array(shared ? queries.size * count : count);
  const intercept = weights[weights.length - 1]!;
  for (let q = 0; q < queries.size; q++) {
    const ofQuery = intercept + weightedSum(sides.user, q, weights) + weightedSum(sides.context, q, weights);
    const from = shared ? 0 : items.offsets[q]!;
    const to = shared ? count : items.offsets[q + 1]!;
    for (let r = from; r < to; r++) {
      let logit = ofQuery + ofItem[r]!;
      if (encoder.crossed) {
        encoder.eachCross({ user: q, item: r, context: q }, (place) => {
          logit += weights[place]!;
        });
      }
      result[shared ? q * count + r : r] = sigmoid(logit);
    }
  }
  return result;
};

const weightedSum = ({ offsets, places, values }: SparseRows, row: number, weights: Float32Array): number => {
  let sum = 0;
  for (let k = offsets[row]!; k < offsets[row + 1]!; k++) sum += weights[places[k]!]! * values[k]!;
  return sum;
};
