import { z } from 'zod';
import type { Kind } from '../spi/index.ts';
import type { Components } from './components.ts';
import { configSchemaWith, strict } from './config-schema.ts';
import { candidateSchema, pipelineSchema } from './sections/index.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** `{ use, config }` for every component of one kind; `config` may be left out where `{}` is a valid one. */
const slotOf = (components: Components, kind: Kind, extra: z.ZodRawShape = {}): z.ZodType => {
  const slots = components.all
    .filter((component) => component.kind === kind)
    .map((component) => {
      const config = strict(component.schema);
      const { success } = component.schema.safeParse({});
      return z.strictObject({ use: z.literal(component.type), config: success ? config.optional() : config, ...extra });
    });
  const [first, ...others] = slots;
  return first === undefined ? z.never() : z.discriminatedUnion('use', [first, ...others]);
};

/**
 * JSON Schema (2020-12) of a YAML or JSON config with these components, for editors. What only a run can tell (names,
 * circles) is checked by `parseConfig`.
 */
export const configJsonSchema = (components: Components): JsonSchema => {
  const [model, pipeline, source] = candidateSchema.options;
  const { use: _, config: __, ...shared } = source.shape;
  const stages = z.array(slotOf(components, 'stage'));
  const full = configSchemaWith(components).extend({
    plugins: z.array(z.string()).default([]).describe('Package names or paths relative to this file.'),
    models: z.record(z.string(), slotOf(components, 'model')),
    features: z.record(z.string(), slotOf(components, 'feature')).optional(),
    rankers: z.record(z.string(), slotOf(components, 'ranker')).optional(),
    pipelines: z
      .record(
        z.string(),
        pipelineSchema.extend({
          candidates: z.array(z.union([model, pipeline, slotOf(components, 'source', shared)])).min(1),
          filters: stages.optional(),
          rerank: stages.optional(),
        }),
      )
      .optional(),
  });
  return z.toJSONSchema(full, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
};

/** JSON Schema of one component's config, for `recograph plugins`. */
export const componentJsonSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(strict(schema), { io: 'input', unrepresentable: 'any' }) as JsonSchema;
