import type { Dataset, Rng } from 'recograph';
import { exampleWeights, type NegativeSampler, uniformNegatives, type WeightingConfig } from 'recograph/nn';
import { type Mass, massOf, meanDraws } from './penalties.ts';

/** Users, each with as many items beside it as every other. */
export interface PairBatch {
  readonly users: Int32Array;
  /** [users x k]. */
  readonly items: Int32Array;
  /** [users x k]: the value, or 1 / 0. */
  readonly targets: Float32Array;
  /** [users x k]; undefined where all weigh 1. */
  readonly weights?: Float32Array | undefined;
}

export interface PairExamples {
  readonly count: number;
  readonly mass: Mass;
  batch(examples: Int32Array, rng: Rng): PairBatch;
}

/** Every event with a value. */
export const valuedExamples = (data: Dataset): PairExamples => {
  const { users, items, values } = data.interactions;
  const rows = Int32Array.from(values.keys()).filter((row) => Number.isFinite(values[row]));
  const mass = { users: new Float32Array(data.users.size), items: new Float32Array(data.items.size) };
  for (const row of rows) {
    mass.users[users[row]!]! += 1;
    mass.items[items[row]!]! += 1;
  }
  return {
    count: rows.length,
    mass: { ...mass, total: rows.length },
    batch: (examples) => ({
      users: examples.map((k) => users[rows[k]!]!),
      items: examples.map((k) => items[rows[k]!]!),
      targets: Float32Array.from(examples, (k) => values[rows[k]!]!),
    }),
  };
};

/** How drawn examples are made of positives. */
export interface Drawing extends WeightingConfig {
  readonly negatives: number;
}

/** Every positive (user, item), and beside it `negatives` items that the user has not taken. */
export const drawnExamples = (
  data: Dataset,
  drawing: Drawing,
  taken: NegativeSampler = uniformNegatives(data.positives()),
): PairExamples => {
  const positives = data.positives();
  const { negatives } = drawing;
  const { rows, offsets, indices, values: strengths } = positives;
  const userOf = new Int32Array(indices.length);
  for (let user = 0; user < rows; user++) userOf.fill(user, offsets[user], offsets[user + 1]);
  const width = 1 + negatives;
  const weighting = exampleWeights(drawing, { items: indices, strengths }, indices.length * negatives);
  return {
    count: indices.length,
    mass: massOf(positives, meanDraws(positives, negatives)),
    batch: (examples, rng) => {
      const users = examples.map((k) => userOf[k]!);
      const items = new Int32Array(examples.length * width);
      const targets = new Float32Array(items.length);
      const weights = weighting && new Float32Array(items.length).fill(weighting.negative);
      for (let e = 0; e < examples.length; e++) {
        items[e * width] = indices[examples[e]!]!;
        targets[e * width] = 1;
        if (weights) weights[e * width] = weighting.positives[examples[e]!]!;
        for (let n = 1; n < width; n++) items[e * width + n] = taken.draw(users[e]!, rng);
      }
      return { users, items, targets, weights };
    },
  };
};
