import { csrFromTriplets, type Dataset, type Rng } from 'recograph';
import { type NegativeSampler, type PointwiseBatch, uniformNegatives } from 'recograph/nn';
import type { LabelledTask } from './tasks.ts';

export interface TaskBatch extends Omit<PointwiseBatch, 'targets'> {
  /** [rows x tasks], 0 where there is no label. */
  readonly labels: Float32Array;
  /** [rows x tasks]: rows over the task's labels in the batch where there is one, else 0; so a mean over rows is one over labels. */
  readonly shares: Float32Array;
}

export interface TaskExamples {
  /** Events. */
  readonly count: number;
  batch(events: Int32Array, rng: Rng): TaskBatch;
}

/** Each event, with items beside it that the user has no event with where a task wants them. `history` is what is avoided. */
export const taskExamples = (
  data: Dataset,
  tasks: readonly LabelledTask[],
  negatives: number,
  history: Dataset = data,
): TaskExamples => {
  const { users, items, length } = data.interactions;
  const sampler: NegativeSampler | undefined = tasks.some(({ drawn }) => drawn)
    ? uniformNegatives(seen(history))
    : undefined;
  const beside = sampler ? negatives : 0;
  const width = tasks.length;
  return {
    count: length,
    batch: (events, rng) => {
      const rows = events.length * (1 + beside);
      const batch = {
        users: new Int32Array(rows),
        items: new Int32Array(rows),
        events: new Int32Array(rows),
        labels: new Float32Array(rows * width),
        shares: new Float32Array(rows * width),
      };
      const counts = new Uint32Array(width);
      const add = (row: number, event: number, item: number, labelIn: (task: LabelledTask) => number) => {
        batch.users[row] = users[event]!;
        batch.items[row] = item;
        batch.events[row] = event;
        for (const [t, task] of tasks.entries()) {
          const label = labelIn(task);
          if (Number.isNaN(label)) continue;
          batch.labels[row * width + t] = label;
          batch.shares[row * width + t] = 1;
          counts[t]!++;
        }
      };
      let row = 0;
      for (const event of events) {
        add(row++, event, items[event]!, ({ labels }) => labels[event]!);
        for (let n = 0; n < beside; n++) {
          const item = sampler!.draw(users[event]!, rng);
          const none = item < 0;
          add(row++, event, none ? items[event]! : item, ({ drawn }) => (drawn && !none ? 0 : Number.NaN));
        }
      }
      for (let k = 0; k < batch.shares.length; k++) batch.shares[k]! *= rows / Math.max(1, counts[k % width]!);
      return batch;
    },
  };
};

/** Which items each user has any event with, [users x items]. */
const seen = ({ users, items, interactions }: Dataset) =>
  csrFromTriplets(
    users.size,
    items.size,
    interactions.users,
    interactions.items,
    new Float32Array(interactions.length).fill(1),
  );
