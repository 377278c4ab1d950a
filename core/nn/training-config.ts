import { z } from 'zod';
import { automatic, automaticOf } from './automatic.ts';
import { cosine, linear, type Schedule } from './schedules.ts';
import type { OptimizerConfig } from './stores/index.ts';
import type { TrainOptions } from './train.ts';

/**
 * Defaults that differ from model to model; epochs, batchSize and patience are those of large data: see
 * `resolveSchedule`.
 */
export interface TrainingDefaults {
  readonly epochs: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly patience: number;
}

/** Config keys of gradient descent, alike in every neural plugin: spread them into its schema. */
export const trainingFields = (defaults: TrainingDefaults) => ({
  epochs: automatic().describe(
    `Passes over the examples. auto: ${defaults.epochs}, more where that is less than 500 steps.`,
  ),
  learningRate: z.number().positive().default(defaults.learningRate),
  batchSize: automatic().describe(
    `Examples in a step. auto: ${defaults.batchSize}, less where an epoch would have fewer than 32 steps.`,
  ),
  optimizer: z.enum(['adam', 'adagrad', 'sgd']).default('adam'),
  weightDecay: z.number().nonnegative().default(0).describe('Decoupled, on everything that a step updates.'),
  warmup: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of all steps over which the learning rate rises to its full height.'),
  decay: z
    .enum(['none', 'linear', 'cosine'])
    .default('none')
    .describe('How the learning rate falls to 0 over all steps.'),
  clipNorm: z.number().positive().optional().describe("Largest L2 norm of a step's gradients together."),
  adversarial: z
    .strictObject({
      epsilon: z.number().positive().default(0.5).describe('L2 norm of the perturbation of each embedding.'),
      weight: z
        .number()
        .nonnegative()
        .default(1)
        .describe('Of the loss under perturbation, beside 1 for the plain loss.'),
    })
    .optional()
    .describe('Learn to withstand embeddings perturbed in the direction of the steepest loss (He et al. 2018).'),
  patience: automatic().describe(
    `Epochs without a better validation figure before stopping; matters only with a validation part. auto: ${defaults.patience}, more where that is less than 500 steps.`,
  ),
});

export type TrainingConfig = z.output<z.ZodObject<ReturnType<typeof trainingFields>>>;

/** What `train` takes of a config with `trainingFields(defaults)`; with these defaults, 'auto' follows the examples. */
export const trainingOptions = (config: TrainingConfig, defaults: TrainingDefaults) => {
  const { clipNorm, adversarial } = config;
  const schedule = scheduleOf(config);
  return {
    optimizer: {
      kind: config.optimizer,
      learningRate: config.learningRate,
      weightDecay: config.weightDecay,
    } satisfies OptimizerConfig,
    epochs: automaticOf(config.epochs, defaults.epochs),
    batchSize: automaticOf(config.batchSize, defaults.batchSize),
    patience: automaticOf(config.patience, defaults.patience),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(adversarial && { adversarial }),
    ...(schedule && { schedule }),
  } satisfies Partial<TrainOptions<never>>;
};

const scheduleOf = ({ warmup, decay }: TrainingConfig): Schedule | undefined => {
  if (warmup === 0 && decay === 'none') return undefined;
  const falls = { none: undefined, linear: linear(), cosine: cosine() }[decay];
  return (step, steps) => Math.min(1, (step + 1) / (warmup * steps || 1)) * (falls?.(step, steps) ?? 1);
};
