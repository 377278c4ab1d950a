import { exampleWeights, weightingFields } from 'recograph/nn';
import { expect, it } from 'vitest';
import { z } from 'zod';

const schema = z.strictObject(weightingFields());
/** Item 0 has four positives, item 1 one; the last event is of a type that weighs 3. */
const positives = { items: Int32Array.of(0, 0, 0, 0, 1), strengths: Float32Array.of(1, 1, 1, 1, 3) };
const weights = (config: object, negatives = 0) => exampleWeights(schema.parse(config), positives, negatives);

it('is nothing where nothing is asked', () => {
  expect(weights({}, 20)).toBeUndefined();
});

it('popularity: an item weighs n^-x a positive, the mean being 1', () => {
  // n^-1: 1/4 four times and 1: together 2, of five positives.
  expect(weights({ popularityWeighting: 1 })!.positives).toEqual(Float32Array.of(0.625, 0.625, 0.625, 0.625, 2.5));
  // n^-.5: 1/2 four times and 1: together 3.
  const half = weights({ popularityWeighting: 0.5 })!.positives;
  expect(half[0]).toBeCloseTo(5 / 6, 6);
  expect(half[4]).toBeCloseTo(5 / 3, 6);
});

it('classes: positives together weigh as much as negatives together', () => {
  const { positives: own, negative } = weights({ classWeighting: 'balanced' }, 20)!;
  expect(own[0]).toBeCloseTo(25 / 10, 6);
  expect(negative).toBeCloseTo(25 / 40, 6);
  expect(5 * own[0]!).toBeCloseTo(20 * negative, 5);
});

it('events: a positive weighs what the type of its events weighs', () => {
  const own = weights({ eventWeighting: true })!.positives;
  expect(own[4]! / own[0]!).toBeCloseTo(3, 6);
  expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(5, 5);
});
