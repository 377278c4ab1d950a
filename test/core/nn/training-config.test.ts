import { trainingFields, trainingOptions } from 'recograph/nn';
import { expect, it } from 'vitest';
import { z } from 'zod';

const defaults = { epochs: 7, learningRate: 0.01, batchSize: 64, patience: 2 };
const schema = z.strictObject(trainingFields(defaults));
const options = (config: object) => trainingOptions(schema.parse(config), defaults);

it('asks for nothing but what the defaults say', () => {
  expect(options({})).toEqual({
    optimizer: { kind: 'adam', learningRate: 0.01, weightDecay: 0 },
    epochs: { auto: 7 },
    batchSize: { auto: 64 },
    patience: { auto: 2 },
  });
});

it('hands weight decay, clipping and perturbation on', () => {
  const { optimizer, clipNorm, adversarial } = options({ weightDecay: 0.1, clipNorm: 5, adversarial: {} });
  expect(optimizer.weightDecay).toBe(0.1);
  expect(clipNorm).toBe(5);
  expect(adversarial).toEqual({ epsilon: 0.5, weight: 1 });
});

it('lets the learning rate rise over the warm-up, and fall over all steps', () => {
  const rise = options({ warmup: 0.1 }).schedule!;
  expect([0, 4, 9, 50, 99].map((step) => rise(step, 100))).toEqual([0.1, 0.5, 1, 1, 1]);
  const line = options({ warmup: 0.1, decay: 'linear' }).schedule!;
  expect(line(0, 100)).toBeCloseTo(0.1, 10);
  expect(line(50, 100)).toBeCloseTo(0.5, 10);
  const cosine = options({ decay: 'cosine' }).schedule!;
  expect(cosine(25, 100)).toBeCloseTo((1 + Math.SQRT1_2) / 2, 10);
});
