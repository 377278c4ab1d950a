import { z } from 'zod';

/** A component in place: its type name and its config. The registry checks `config` against the component. */
export const slotSchema = z.strictObject({ use: z.string(), config: z.record(z.string(), z.unknown()).default({}) });

const n = z.int().positive().max(100_000).default(200).describe('How many candidates this source gives.');
const weight = z.number().positive().default(1).describe("The source's weight in the merge.");

export const candidateSchema = z.union([
  z.strictObject({ model: z.string(), n, weight }),
  z.strictObject({ pipeline: z.string(), n, weight }),
  z.strictObject({ use: z.string(), config: z.record(z.string(), z.unknown()).default({}), n, weight }),
]);

export const mergeSchema = z
  .enum(['weighted', 'reciprocal-rank', 'mixed', 'switching'])
  .describe(
    'weighted: sum of min-max scaled scores times weight; reciprocal-rank: sum of weight / (60 + rank); ' +
      'mixed: interleaved by weight; switching: the first source that gives anything.',
  );

export const pipelineSchema = z.strictObject({
  candidates: z.array(candidateSchema).min(1),
  merge: mergeSchema.default('reciprocal-rank'),
  filters: z.array(slotSchema).default([]).describe('Stages that only remove candidates.'),
  ranker: z.string().optional(),
  rerank: z.array(slotSchema).default([]),
  fallback: z.array(z.string()).default([]).describe('Models that answer, in order, when the funnel gives too little.'),
  excludeSeen: z.boolean().default(true),
});

export type Slot = z.output<typeof slotSchema>;
export type CandidateConfig = z.output<typeof candidateSchema>;
export type PipelineConfig = z.output<typeof pipelineSchema>;
