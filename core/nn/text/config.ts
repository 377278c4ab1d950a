import { z } from 'zod';

/** What every network over words can be told of the words. */
export const textFields = {
  fields: z
    .array(z.string())
    .min(1)
    .default(['title', 'categories'])
    .describe('Item fields with words or categories, read one after another; one the data does not have adds nothing.'),
  minCount: z.int().positive().default(2).describe('A token in fewer items is not known.'),
  maxTokens: z.int().positive().default(20_000).describe('At most so many tokens, the most frequent ones.'),
  length: z
    .int()
    .positive()
    .default(800)
    .describe('Tokens of an item that are read at most: its first. How long a text is says much.'),
  static: z
    .boolean()
    .default(false)
    .describe(
      'Leave token vectors as the texts alone make them, and learn what reads them: fewer items are learned by heart.',
    ),
  folds: z
    .int()
    .min(1)
    .max(20)
    .default(1)
    .describe(
      'So many networks, each learning from the items of all folds but its own, which it reads: none reads what it has learned by heart. Needs `vectors`.',
    ),
};
