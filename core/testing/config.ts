import type { Component, Kind } from 'recograph';
import type { ConformanceOptions } from './bench.ts';
import { type Check, expectThat } from './check.ts';

const UNKNOWN = 'noSuchKeyOfAnyConfig';

/** Defaults, unknown keys, wrong types: what every kind of component is asked. */
export const configChecks = <K extends Kind>(component: Component<K>, options: ConformanceOptions): Check[] => {
  const written = options.config ?? {};
  const check = (name: string, run: () => void): Check => ({ name, run: async () => run() });
  return [
    check('config: its defaults are complete', () => {
      const parsed = component.schema.safeParse(written);
      expectThat(parsed.success, () => ({
        expected: `the config ${JSON.stringify(written)} to be valid`,
        seen: parsed.error?.message ?? 'a refusal',
        fix: 'give optional keys a default in the schema, and required ones to the kit: { config: { ... } }.',
      }));
      const again = component.schema.safeParse(JSON.parse(JSON.stringify(parsed.data)));
      expectThat(again.success, () => ({
        expected: 'a parsed config, defaults filled in, to be a valid config',
        seen: `${JSON.stringify(parsed.data)}: ${again.error?.message}`,
        fix: 'a default must be a value that its own schema takes.',
      }));
    }),
    check('config: refuses an unknown key', () => {
      const parsed = component.schema.safeParse({ ...written, [UNKNOWN]: 1 });
      const kept = parsed.success && Object.hasOwn(Object(parsed.data), UNKNOWN);
      expectThat(!kept, () => ({
        expected: `the key "${UNKNOWN}" to be refused`,
        seen: 'that it was taken',
        fix: 'make the schema with z.strictObject({ ... }), so that a misspelt key is an error.',
      }));
    }),
    check('config: refuses a wrong type, naming the key', () => {
      for (const key of keysOf(component)) {
        const parsed = component.schema.safeParse({ ...written, [key]: Symbol('not a config value') });
        const named = parsed.error?.issues.some(({ path }) => path[0] === key) ?? false;
        expectThat(named, () => ({
          expected: `a value of no JSON type under "${key}" to be refused with that key named`,
          seen: parsed.success ? 'that it was taken' : `${parsed.error.message}`,
          fix: `give "${key}" a schema of its type (z.number(), z.enum([...])), not z.any().`,
        }));
      }
    }),
  ];
};

const keysOf = ({ schema }: Component): string[] =>
  'shape' in schema && typeof schema.shape === 'object' && schema.shape !== null ? Object.keys(schema.shape) : [];
