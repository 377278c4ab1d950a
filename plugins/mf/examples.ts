import type { Dataset, Rng } from 'recograph';
import type { NegativeSampler } from 'recograph/nn';

/** What one batch learns from: `targets` are values (explicit) or 1 / 0 (implicit). */
export interface Batch {
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly targets: Float32Array;
}

/** Training examples by number; a batch may hold more rows than examples (negatives). */
export interface Examples {
  readonly count: number;
  batch(examples: Int32Array, rng: Rng): Batch;
}

/** Every event with a value. */
export const valuedExamples = (data: Dataset): Examples => {
  const { users, items, values } = data.interactions;
  const rows = new Int32Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row++) if (Number.isFinite(values[row])) rows[count++] = row;
  return {
    count,
    batch: (examples) => {
      const batch = {
        users: new Int32Array(examples.length),
        items: new Int32Array(examples.length),
        targets: new Float32Array(examples.length),
      };
      for (let k = 0; k < examples.length; k++) {
        const row = rows[examples[k]!]!;
        batch.users[k] = users[row]!;
        batch.items[k] = items[row]!;
        batch.targets[k] = values[row]!;
      }
      return batch;
    },
  };
};

/** Every positive (user, item) with `negatives` items that the user has not taken. */
export const sampledExamples = (data: Dataset, negatives: number, sampler: NegativeSampler): Examples => {
  const { rows, offsets, indices } = data.positives();
  const userOf = new Int32Array(indices.length);
  for (let user = 0; user < rows; user++) userOf.fill(user, offsets[user], offsets[user + 1]);
  return {
    count: indices.length,
    batch: (examples, rng) => {
      const length = examples.length * (1 + negatives);
      const users = new Int32Array(length);
      const items = new Int32Array(length);
      const targets = new Float32Array(length);
      let row = 0;
      for (const k of examples) {
        const user = userOf[k]!;
        users.fill(user, row, row + 1 + negatives);
        items[row] = indices[k]!;
        targets[row++] = 1;
        for (let n = 0; n < negatives; n++) items[row++] = sampler.draw(user, rng);
      }
      return { users, items, targets };
    },
  };
};
