import { z } from 'zod';

const column = z
  .union([z.string(), z.int().nonnegative()])
  .describe("The header's column name, or its position from 0.");

/** A file, and what its columns mean. */
export const sourceSchema = z.strictObject({
  path: z.string().describe('File or folder, relative to the config.'),
  format: z
    .enum(['csv', 'tsv', 'jsonl', 'parquet', 'movielens', 'user-items'])
    .optional()
    .describe('Default: by the ending of the path.'),
  columns: z
    .strictObject({
      user: column.optional(),
      item: column.optional(),
      value: column.optional(),
      time: column.optional(),
      type: column.optional(),
      context: z.array(column).optional().describe('Columns of the request context.'),
    })
    .optional(),
});

/** Catalogue files: `id` and the named fields by column; every other column is an attribute. */
const catalogueSchema = z.strictObject({
  path: z.string(),
  format: z.enum(['csv', 'tsv', 'jsonl', 'parquet', 'movielens']).optional(),
  owner: z
    .enum(['newest', 'file', 'api'])
    .optional()
    .describe(
      'Of items: who wins where the file and the API say different things. newest (default): whoever wrote last, but what was deleted stays deleted. file: the file, over deletions too. api: what the API wrote stays.',
    ),
  columns: z
    .strictObject({
      id: column.optional(),
      title: column.optional(),
      categories: column.optional(),
      available: column.optional(),
      image: column.optional(),
    })
    .optional(),
});

const from = z.string().optional().describe('The attribute that is read; default: the name it is encoded under.');

/** How a field becomes a feature column. Left out: inferred from the values. */
export const encodingSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    from,
    kind: z.literal('number'),
    scale: z.enum(['none', 'standard', 'log']).default('standard').describe('standard: zero mean, unit variance.'),
    buckets: z.int().min(2).optional().describe('Quantile buckets: the column becomes categorical.'),
  }),
  z.strictObject({ from, kind: z.literal('category'), minCount: z.int().positive().default(1) }),
  z.strictObject({ from, kind: z.literal('categories'), minCount: z.int().positive().default(1) }),
  z.strictObject({
    from,
    kind: z.literal('tokens'),
    minCount: z.int().positive().default(2),
    maxTokens: z.int().positive().default(50_000),
  }),
  z.strictObject({ from, kind: z.literal('text') }).describe('Raw text, for extractors that tokenise themselves.'),
  z.strictObject({
    from,
    kind: z.literal('date'),
    parts: z.array(z.enum(['hour', 'weekday', 'month', 'age'])).default(['hour', 'weekday', 'month']),
  }),
  z.strictObject({ from, kind: z.literal('vector'), width: z.int().positive() }),
  z
    .strictObject({
      kind: z.literal('cross'),
      of: z.array(z.string()).min(2),
      size: z.int().positive().default(100_000),
    })
    .describe('Hashed combination of categorical fields.'),
]);

export const feedbackSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('explicit'),
    min: z.number().optional().describe('A value from here on is a positive.'),
    weight: z.number().nonnegative().default(1),
    scale: z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low < high, 'must be [least, greatest]')
      .optional()
      .describe('The least and the greatest value: an event beyond them is refused.'),
  }),
  z
    .strictObject({ kind: z.literal('implicit'), weight: z.number().nonnegative().default(1) })
    .describe('Weight 0: seen, but no positive.'),
  z
    .strictObject({ kind: z.literal('negative') })
    .describe('Not this again: the item is not recommended to this user until they choose it anew.'),
]);

export const dataSchema = z.strictObject({
  interactions: sourceSchema.optional(),
  items: catalogueSchema.optional(),
  users: catalogueSchema.optional(),
  feedback: z
    .object({
      unknown: z
        .enum(['keep', 'refuse'])
        .optional()
        .describe('Events of a type that is not named here: stored without weighing anything (default), or refused.'),
    })
    .catchall(feedbackSchema)
    .default({})
    .describe('By event type. Without any entry all events are positives of weight 1.'),
  futureDays: z
    .number()
    .nonnegative()
    .default(1)
    .describe('How many days after now the time of an event may lie; one beyond is refused.'),
  unlisted: z
    .enum(['hide', 'recommend'])
    .optional()
    .describe(
      'Items that events name and the catalogue does not: hidden, or recommended. Default: hidden where the config names a catalogue, or most known items are in it when the store is opened.',
    ),
  features: z
    .strictObject({
      items: z.record(z.string(), encodingSchema).default({}),
      users: z.record(z.string(), encodingSchema).default({}),
      context: z.record(z.string(), encodingSchema).default({}),
    })
    .prefault({})
    .describe('How attributes are encoded; what is not named is inferred.'),
});

export type SourceConfig = z.output<typeof sourceSchema>;
export type CatalogueConfig = z.output<typeof catalogueSchema>;
export type EncodingConfig = z.output<typeof encodingSchema>;
export type FeedbackConfig = z.output<typeof feedbackSchema>;
export type DataConfig = z.output<typeof dataSchema>;
