import { resolveSchedule, trainingFields, trainingOptions } from 'recograph/nn';
import { expect, it } from 'vitest';
import { z } from 'zod';

const defaults = { epochs: 60, learningRate: 0.01, batchSize: 256, patience: 10 };
const schema = z.strictObject(trainingFields(defaults));
const schedule = (examples: number, config: object = {}) =>
  resolveSchedule(trainingOptions(schema.parse(config), defaults), examples);

it('takes the numbers of large data where an epoch has enough steps', () => {
  expect(schedule(22_363)).toEqual({ batchSize: 256, epochs: 60, patience: 10 });
});

it('makes batches smaller and epochs more where data are small', () => {
  // 1,090 / 32 = 34: batches of 32 give 35 steps an epoch; 60 epochs are 2,100 steps, 500 steps take 15 epochs
  expect(schedule(1_090)).toEqual({ batchSize: 32, epochs: 60, patience: 15 });
  // 100 in batches of 16: 7 steps an epoch; 500 steps take 72 epochs
  expect(schedule(100)).toEqual({ batchSize: 16, epochs: 72, patience: 72 });
  expect(schedule(5)).toEqual({ batchSize: 16, epochs: 500, patience: 500 });
});

it('leaves given numbers alone, and counts the steps that they make', () => {
  expect(schedule(1_090, { batchSize: 256, epochs: 60, patience: 10 })).toEqual({
    batchSize: 256,
    epochs: 60,
    patience: 10,
  });
  expect(schedule(1_090, { batchSize: 10 })).toEqual({ batchSize: 10, epochs: 60, patience: 10 });
  expect(schema.safeParse({ epochs: 0 }).success).toBe(false);
  expect(schema.safeParse({ epochs: 'many' }).success).toBe(false);
});
