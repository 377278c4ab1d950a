/** A NeuMF (He et al. 2017) at the size of MovieLens 1M: what both sides of the comparison train. */
export const shape = { users: 6040, items: 3700, width: 64, mlp: [128, 128, 64, 32], batch: 4096, learningRate: 1e-3 };

/** The same batches for both sides: users, items and 0 / 1 labels of step k. */
export const batchOf = (step: number) => {
  let state = (step + 1) * 2654435761;
  const next = (bound: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
  const users = new Int32Array(shape.batch);
  const items = new Int32Array(shape.batch);
  const labels = new Float32Array(shape.batch);
  for (let k = 0; k < shape.batch; k++) {
    users[k] = next(shape.users);
    items[k] = next(shape.items);
    labels[k] = (users[k]! % 7) + (items[k]! % 5) > 5 ? 1 : 0;
  }
  return { users, items, labels };
};

/** Answers "run n steps" messages with the milliseconds of a step and the last loss. */
export interface Answer {
  readonly ms: number;
  readonly loss: number;
}

/** RecBole 1.2.1's NeuMF by default: what the plugin is timed at. `batch` counts pairs, half of them drawn negatives. */
export const pairs = { width: 64, hidden: [128, 64], dropout: 0.1, batch: 2048, learningRate: 1e-3 };
