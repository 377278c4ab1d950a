import { z } from 'zod';
import { dataSchema } from './data.ts';
import { evaluationSchema } from './evaluation.ts';
import { pipelineSchema, slotSchema } from './pipeline.ts';

export * from './data.ts';
export * from './evaluation.ts';
export * from './pipeline.ts';

const DURATION = /^(\d+(?:\.\d+)?)(s|m|h|d)$/;
const duration = z
  .string()
  .refine((text) => Number(DURATION.exec(text)?.[1]) > 0, 'write a number and s, m, h or d, such as "12h"');

export const trainingSchema = z.strictObject({
  refit: z
    .enum(['scores', 'none'])
    .default('scores')
    .describe(
      'scores: after evaluation, components whose outputs are scores or ranks alone are fitted again on everything.',
    ),
  positionBias: z
    .number()
    .nonnegative()
    .default(0)
    .describe(
      'While rankers learn, a choice from a shown slate weighs position^positionBias: the inverse of the propensity 1 / position^positionBias of being looked at (Joachims et al. 2017). 0: all choices weigh alike; 1 is the usual value. Where the evaluation reads files of its own, it does not apply.',
    ),
  every: duration.optional().describe('Retrain on a schedule: 30m, 12h, 1d.'),
  timeout: duration
    .default('12h')
    .describe('A training, evaluation or import that a server runs is stopped after that time, and has failed.'),
  keep: z
    .int()
    .min(2)
    .default(5)
    .describe('Bundles that stay on disk; the active one and the one to roll back to always do.'),
  afterEvents: z.int().positive().optional().describe('Retrain after that many new events.'),
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('A scheduled bundle is activated when its first metric is not worse than by this fraction.'),
});

export const serverSchema = z.strictObject({
  port: z.int().min(0).max(65535).default(4000),
  host: z.string().default('127.0.0.1'),
  deadlineMs: z.int().positive().default(500),
  workers: z
    .int()
    .nonnegative()
    .optional()
    .describe('Serving workers; default: one a core but one, at least 1. 0 = pipelines run in the server process.'),
  keys: z
    .array(
      z.strictObject({
        role: z
          .enum(['read', 'write', 'admin'])
          .describe('read: queries. write: events and catalogue too. admin: training, bundles and jobs too.'),
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'write the 64 hex digits of the SHA-256 of the key'),
      }),
    )
    .default([])
    .describe(
      'Keys that clients send as `Authorization: Bearer KEY`. Without any the server listens on loopback only.',
    ),
});

export const storeSchema = z.strictObject({
  path: z.string().default('.recograph/recograph.sqlite').describe('The SQLite file; bundles lie beside it.'),
  shown: z
    .strictObject({
      retentionDays: z.number().positive().default(30).describe('How long an event can name what was shown.'),
      sample: z
        .number()
        .min(0)
        .max(1)
        .default(1)
        .describe(
          'Share of the recommendations that are remembered; events that name one of the others have no place.',
        ),
      maxBytes: z
        .int()
        .nonnegative()
        .default(2_000_000_000)
        .describe('On disk; beyond it the oldest go before their time.'),
    })
    .prefault({})
    .describe('What recommendations showed, about 60 bytes a page of ten items: it is what events name.'),
});

/** The config's sections before component configs are checked. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  plugins: z.array(z.unknown()).default([]),
  data: dataSchema.prefault({}),
  models: z.record(z.string(), slotSchema),
  features: z.record(z.string(), slotSchema).default({}),
  rankers: z.record(z.string(), slotSchema).default({}),
  pipelines: z.record(z.string(), pipelineSchema).default({}),
  similar: z
    .strictObject({
      model: z.string().optional(),
      similarity: z
        .enum(['inner-product', 'cosine', 'euclidean', 'adjusted-cosine'])
        .default('cosine')
        .describe('Of item vectors, where the model has no similarity of its own.'),
    })
    .prefault({}),
  evaluation: evaluationSchema.optional(),
  training: trainingSchema.prefault({}),
  server: serverSchema.prefault({}),
  store: storeSchema.prefault({}),
  runtime: z.enum(['auto', 'tensorflow', 'webgpu', 'wasm', 'cpu']).default('auto'),
  seed: z.int().min(0).max(0xffffffff).default(42),
});

/** A config after parsing: defaults filled in, every reference checked. */
export type Config = z.output<typeof configSchema>;
export type TrainingConfig = z.output<typeof trainingSchema>;
