import { z } from 'zod';

/** Config keys for unbalanced data, alike in every model that tells positives from negatives: spread them into its schema. */
export const weightingFields = () => ({
  popularityWeighting: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Positives of an item that has n weigh in proportion to n^-x: 0 = all alike, 1 = all items alike.'),
  classWeighting: z
    .enum(['none', 'balanced'])
    .default('none')
    .describe('balanced: positives together weigh as much as negatives together.'),
  eventWeighting: z
    .boolean()
    .default(false)
    .describe('Positives weigh in proportion to the weights that data.feedback gives the types of their events.'),
});

export type WeightingConfig = z.output<z.ZodObject<ReturnType<typeof weightingFields>>>;

export interface ExampleWeights {
  /** One a positive. */
  readonly positives: Float32Array;
  /** Of every negative. */
  readonly negative: number;
}

/**
 * What examples weigh in a loss; undefined where all weigh 1. `items` and `strengths` (the events' weights) are the
 * positives', `negatives` is how many negatives an epoch sees. Positives weigh 1 on average, and so do negatives; balanced,
 * with P positives and N negatives, (P + N) / 2P and (P + N) / 2N (King & Zeng 2001).
 */
export const exampleWeights = (
  { popularityWeighting, classWeighting, eventWeighting }: WeightingConfig,
  { items, strengths }: { readonly items: Int32Array; readonly strengths: Float32Array },
  negatives: number,
): ExampleWeights | undefined => {
  const balanced = classWeighting === 'balanced' && negatives > 0;
  if (popularityWeighting === 0 && !balanced && !eventWeighting) return undefined;
  const counts = new Map<number, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  const positives = Float32Array.from(
    items,
    (item, k) => (eventWeighting ? strengths[k]! : 1) * counts.get(item)! ** -popularityWeighting,
  );
  const count = positives.length;
  const total = positives.reduce((sum, weight) => sum + weight, 0);
  const all = count + negatives;
  const each = ((balanced ? all / (2 * count) : 1) * count) / total;
  for (let k = 0; k < count; k++) positives[k]! *= each;
  return { positives, negative: balanced ? all / (2 * negatives) : 1 };
};
