import { definePlugin, defineStage } from 'recograph';
import { z } from 'zod';
import { createAttributeFilter } from './attribute-filter.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const condition = z
  .strictObject({
    field: z.string().describe('An attribute of the item, or title, categories, available.'),
    eq: value.optional(),
    in: z.array(value).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  })
  .refine(({ field: _, ...rules }) => Object.values(rules).some((rule) => rule !== undefined), {
    message: 'Give eq, in, min or max.',
  });

const config = z.strictObject({
  conditions: z.array(condition).min(1).describe('All must hold.'),
  keep: z.enum(['matching', 'others']).default('matching').describe('others: what fits is removed instead.'),
});

/** Keeps or removes candidates by their attributes. */
export const attributeFilter = defineStage({ type: 'attribute-filter', config, create: createAttributeFilter });

export default definePlugin({
  name: 'recograph-plugin-attribute-filter',
  apiVersion: 1,
  components: [attributeFilter],
});
