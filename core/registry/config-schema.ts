import { z } from 'zod';
import { RecographError } from '../spi/index.ts';
import type { Components } from './components.ts';
import { builtInSplits, configSchema, evaluationSchema, splitSchemaWith } from './sections/index.ts';

/** A component's config, as its author wrote it, unknown keys refused. */
export const strict = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema;

/**
 * The schema of a config's sections with what plugins add to them: their splits. Component configs of models and the
 * like are checked slot by slot. Throws PLUGIN_INVALID where a plugin's split has the name of a built-in one.
 */
export const configSchemaWith = (components: Components): typeof configSchema => {
  const splitters = components.all.filter((component) => component.kind === 'splitter');
  if (splitters.length === 0) return configSchema;
  const builtIn = builtInSplits.options.map(({ shape }) => shape.use.value as string);
  const slots = splitters.map((component) => {
    const { type, schema } = component;
    if (builtIn.includes(type)) {
      const message = `Plugin "${components.pluginOf(component)}" declares the splitter "${type}", which is built in. Give it another type name.`;
      throw new RecographError('PLUGIN_INVALID', message, { at: 'plugins' });
    }
    const config = strict(schema);
    return z.strictObject({
      use: z.literal(type),
      config: schema.safeParse({}).success ? config.prefault({}) : config,
    });
  });
  const evaluation = evaluationSchema.extend({ split: splitSchemaWith(slots).prefault({ use: 'temporal' }) });
  return configSchema.extend({ evaluation: evaluation.optional() });
};
