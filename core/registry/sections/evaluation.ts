import { z } from 'zod';
import { sourceSchema } from './data.ts';

const part = sourceSchema;
const fraction = z.number().min(0).lt(1);

/** The splits that need no plugin. */
export const builtInSplits = z.discriminatedUnion('use', [
  z.strictObject({ use: z.literal('random'), test: fraction.default(0.2), validation: fraction.default(0) }),
  z
    .strictObject({
      use: z.literal('leave-last-out'),
      last: z.int().positive().default(1),
      validation: z.int().nonnegative().default(0),
    })
    .describe("Each user's last events are the test part, the ones before them the validation part."),
  z
    .strictObject({
      use: z.literal('temporal'),
      at: z.union([z.iso.datetime({ offset: true }), z.number()]).optional(),
      test: fraction.default(0.2),
      validation: fraction.default(0),
    })
    .describe('Events from `at` on (or the newest fraction `test`) are the test part.'),
  z.strictObject({ use: z.literal('folds'), folds: z.array(z.strictObject({ train: part, test: part })).min(1) }),
  z.strictObject({ use: z.literal('given'), train: part, test: part, validation: part.optional() }),
]);

/** A split of a plugin's: its type, and its config after parsing. */
export type PluginSplit = { readonly use: string; readonly config: unknown };
export type SplitConfig = z.output<typeof builtInSplits> | PluginSplit;
/** As written, of the built-in ones; `defineConfig` knows those of the plugins it is given. */
export type SplitInput = z.input<typeof builtInSplits>;

export const isPluginSplit = (split: SplitConfig): split is PluginSplit => 'config' in split;

/** `evaluation.split` with plugins' splits besides the built-in ones, each `{ use, config }`. */
export const splitSchemaWith = (plugins: readonly z.ZodObject[] = []): z.ZodType<SplitConfig, SplitInput> =>
  z.discriminatedUnion('use', [...builtInSplits.options, ...plugins]) as unknown as z.ZodType<SplitConfig, SplitInput>;

export const candidatesSchema = z.discriminatedUnion('use', [
  z.strictObject({ use: z.literal('all') }),
  z.strictObject({
    use: z.literal('sampled'),
    negatives: z.int().positive().default(99),
    by: z.enum(['uniform', 'popularity']).default('uniform'),
  }),
  z.strictObject({ use: z.literal('given'), path: z.string(), format: z.enum(['negatives', 'user-items']).optional() }),
]);

/** A metric with a config of its own. */
export const metricSlotSchema = z.strictObject({
  use: z.string().describe('The metric.'),
  k: z.int().positive().optional().describe('The cut, where it is over lists.'),
  config: z.unknown().optional(),
  name: z
    .string()
    .min(1)
    .optional()
    .describe('What reports call it; default: use@k and its config, ndcg@10(gains=linear).'),
});

export const evaluationSchema = z.strictObject({
  split: splitSchemaWith().prefault({ use: 'temporal' }),
  candidates: candidatesSchema.prefault({ use: 'all' }),
  mask: z.enum(['train', 'train+validation', 'none']).default('train'),
  metrics: z
    .array(z.union([z.string(), metricSlotSchema]))
    .min(1)
    .describe('`ndcg@10`, or { use, k, config, name } where the metric takes a config.')
    .default(['ndcg@10', 'recall@10', 'hr@10', 'mrr@10', 'coverage@10']),
  seed: z.int().optional(),
});

export type CandidatesConfig = z.output<typeof candidatesSchema>;
export type EvaluationConfig = z.output<typeof evaluationSchema>;
