import { z } from 'zod';

/** A number, or the one that suits large data, from which `resolveSchedule` derives one for these examples. */
export type Automatic = number | { readonly auto: number };

/** A whole number above 0, or 'auto', the default. */
export const automatic = () => z.union([z.int().positive(), z.literal('auto')]).default('auto');

/** A config's number; where it is 'auto', `large` is what suits large data. */
export const automaticOf = (value: number | 'auto', large: number): Automatic =>
  value === 'auto' ? { auto: large } : value;

export interface AutomaticSchedule {
  readonly batchSize: Automatic;
  readonly epochs: Automatic;
  readonly patience: Automatic;
}

/** Every epoch has at least so many steps, down to batches of `SMALLEST_BATCH`. */
const STEPS_AN_EPOCH = 32;
const SMALLEST_BATCH = 16;
/** A training has at least so many steps, in at most `MOST_EPOCHS` times the epochs that suit large data. */
const STEPS = 500;
const MOST_EPOCHS = 10;
/** Steps without a better validation figure before a training stops, at least. */
const PATIENT_STEPS = 500;

/**
 * What 'auto' comes to with so many training examples, where large data take `auto` of each:
 *
 *   batchSize = the largest power of 2, at least 16, with 32 steps an epoch; never above its large value
 *   epochs    = its large value, or as many as 500 steps take; never above 10 times the large value
 *   patience  = its large value, or as many epochs as 500 steps take
 *
 * Small data need it: an epoch of a few steps teaches little, and a patience counted in such epochs ends a training
 * before it began. A number given in the config is taken as it is.
 */
export const resolveSchedule = (
  { batchSize, epochs, patience }: AutomaticSchedule,
  examples: number,
): { readonly batchSize: number; readonly epochs: number; readonly patience: number } => {
  const size = given(batchSize, (large) => Math.min(large, powerBelow(examples / STEPS_AN_EPOCH, SMALLEST_BATCH)));
  const steps = Math.ceil(examples / size);
  return {
    batchSize: size,
    epochs: given(epochs, (large) => Math.max(large, Math.min(MOST_EPOCHS * large, Math.ceil(STEPS / steps)))),
    patience: given(patience, (large) => Math.max(large, Math.ceil(PATIENT_STEPS / steps))),
  };
};

/** The settled numbers of what was left to the data. */
export const chosenOf = (
  asked: Partial<AutomaticSchedule>,
  schedule: Readonly<Record<keyof AutomaticSchedule, number>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(schedule).filter(([key]) => typeof asked[key as keyof AutomaticSchedule] === 'object'),
  );

const given = (value: Automatic, rule: (large: number) => number): number =>
  typeof value === 'number' ? value : rule(value.auto);

const powerBelow = (bound: number, smallest: number): number => 2 ** Math.floor(Math.log2(Math.max(smallest, bound)));
