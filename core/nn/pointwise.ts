import type { Csr, Dataset, Rng } from '../spi/index.ts';
import { type NegativeSampler, uniformNegatives } from './negatives.ts';

export interface PointwiseConfig {
  /**
   * `classification`: is it a positive (weight > 0; 1 or 0); `regression`: the value, events without one left out.
   */
  readonly task: 'classification' | 'regression';
  /** Classification: items drawn beside each positive. Default: 0 where events of weight 0 were recorded, else 4. */
  readonly negatives?: number | undefined;
}

/** What one batch learns from, row for row. */
export interface PointwiseBatch {
  readonly users: Int32Array;
  readonly items: Int32Array;
  /** Row of `data.interactions` whose context holds; a drawn negative has its positive's. */
  readonly events: Int32Array;
  /** 1 / 0, or the value. */
  readonly targets: Float32Array;
}

/** Training examples by number; a batch may hold more rows than examples (negatives). */
export interface PointwiseExamples {
  readonly count: number;
  readonly negatives: number;
  /** Mean target of the rows of an epoch, drawn negatives included. */
  readonly mean: number;
  /** Row of `data.interactions` of each example. */
  readonly events: Int32Array;
  batch(examples: Int32Array, rng: Rng): PointwiseBatch;
}

/** One example an event. `taken` [users x items] is what negatives avoid; default: the data's positives. */
export const pointwiseExamples = (
  data: Dataset,
  config: PointwiseConfig,
  taken: Csr = data.positives(),
): PointwiseExamples => {
  const { length, users, items, values, weights } = data.interactions;
  const regression = config.task === 'regression';
  const all = Int32Array.from({ length }, (_, k) => k);
  const events = regression ? all.filter((k) => Number.isFinite(values[k])) : all;
  const negatives = regression ? 0 : (config.negatives ?? (events.some((k) => weights[k]! <= 0) ? 0 : 4));
  const sampler: NegativeSampler | undefined = negatives > 0 ? uniformNegatives(taken) : undefined;
  const target = (event: number): number => (regression ? values[event]! : weights[event]! > 0 ? 1 : 0);
  let sum = 0;
  for (const event of events) sum += target(event);

  return {
    count: events.length,
    negatives,
    mean: sum / Math.max(1, events.length + (regression ? 0 : sum * negatives)),
    events,
    batch: (examples, rng) => {
      let rows = examples.length;
      if (sampler) for (const k of examples) if (target(events[k]!) === 1) rows += negatives;
      const batch = {
        users: new Int32Array(rows),
        items: new Int32Array(rows),
        events: new Int32Array(rows),
        targets: new Float32Array(rows),
      };
      let row = 0;
      const add = (event: number, item: number, value: number): void => {
        batch.users[row] = users[event]!;
        batch.items[row] = item;
        batch.events[row] = event;
        batch.targets[row++] = value;
      };
      for (const k of examples) {
        const event = events[k]!;
        const value = target(event);
        add(event, items[event]!, value);
        if (sampler && value === 1) {
          for (let n = 0; n < negatives; n++) {
            const drawn = sampler.draw(users[event]!, rng);
            if (drawn >= 0) add(event, drawn, 0);
          }
        }
      }
      return row === rows ? batch : firstRows(batch, row);
    },
  };
};

/** Users who have everything leave no item to draw. */
const firstRows = ({ users, items, events, targets }: PointwiseBatch, rows: number): PointwiseBatch => ({
  users: users.subarray(0, rows),
  items: items.subarray(0, rows),
  events: events.subarray(0, rows),
  targets: targets.subarray(0, rows),
});

/** Held-out examples, all at once, for early stopping; negatives avoid what `train` has. undefined where there are none. */
export const heldOutRows = (
  held: Dataset | undefined,
  config: PointwiseConfig,
  train: Dataset,
  rng: Rng,
): PointwiseBatch | undefined => {
  const examples = held && pointwiseExamples(held, config, train.positives());
  if (!examples?.count) return undefined;
  const all = Int32Array.from({ length: examples.count }, (_, k) => k);
  return examples.batch(all, rng.fork('validation'));
};

/** The logit of a share of positives: where a model starts that knows nothing else. */
export const logOdds = (share: number): number => Math.log(Math.max(share, 1e-6) / Math.max(1 - share, 1e-6));
