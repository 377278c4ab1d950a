import { type Dataset, RecographError } from 'recograph';
import type { MultiTaskConfig } from './config.ts';

/** A task as the network knows it; plain JSON. */
export interface Task {
  readonly name: string;
  readonly predict: 'chance' | 'value';
  /** Drawn items have label 0. */
  readonly drawn: boolean;
}

/** A task with the labels of a dataset's events. */
export interface LabelledTask extends Task {
  /** One an event; NaN = no label in this task. */
  readonly labels: Float32Array;
  /** How many events have one. */
  readonly count: number;
  /** Mean label, drawn items included: where the training starts. */
  readonly mean: number;
}

/** Labels of all events in all tasks. */
export const labelTasks = (data: Dataset, { tasks, negatives }: MultiTaskConfig): LabelledTask[] => {
  const { length, types, typeNames, values } = data.interactions;
  return Object.entries(tasks).map(([name, task]) => {
    const wanted = typeNames.map((type) => !task.types || task.types.includes(type));
    const labels = new Float32Array(length).fill(Number.NaN);
    let [sum, count] = [0, 0];
    for (let k = 0; k < length; k++) {
      if (!wanted[types[k]!]) continue;
      const label =
        task.predict === 'value' ? values[k]! : task.min === undefined ? 1 : thresholded(values[k]!, task.min);
      if (Number.isNaN(label)) continue;
      labels[k] = label;
      sum += label;
      count++;
    }
    const drawn = (task.negatives ?? (task.predict === 'chance' && task.min === undefined)) && negatives > 0;
    return {
      name,
      predict: task.predict,
      drawn,
      labels,
      count,
      mean: sum / Math.max(1, count + (drawn ? length * negatives : 0)),
    };
  });
};

/** The same of training data: throws DATA_EMPTY where a task has no label at all. */
export const tasksToLearn = (data: Dataset, config: MultiTaskConfig): LabelledTask[] => {
  const tasks = labelTasks(data, config);
  const empty = tasks.find(({ count }) => count === 0);
  if (!empty) return tasks;
  throw new RecographError(
    'DATA_EMPTY',
    `tasks.${empty.name} has no event with a label: its types, or the values that it asks for, are not in the data.`,
    { at: `tasks.${empty.name}` },
  );
};

const thresholded = (value: number, min: number): number => (Number.isNaN(value) ? value : value >= min ? 1 : 0);
