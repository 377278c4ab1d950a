import { expect, it } from 'vitest';
import { z } from 'zod';
import { collectComponents } from '../../../core/registry/components.ts';
import { componentJsonSchema, configJsonSchema } from '../../../core/registry/json-schema.ts';
import { components, toys } from './support.ts';

type Node = { [key: string]: Node } & { const?: string; required?: string[] };
const schema = configJsonSchema(components) as unknown as Node;
const options = (section: string): Node[] =>
  (schema.properties?.[section]?.additionalProperties?.oneOf ?? []) as unknown as Node[];

it('lists the components of each kind by `use`', () => {
  expect(options('models').map((option) => option.properties?.use?.const)).toEqual(['als', 'popularity', 'blend']);
});

it('asks for what is written, not for what has a default, and refuses unknown keys', () => {
  expect(schema.required).toEqual(['models']);
  expect(schema.additionalProperties).toBe(false);
  const [als] = options('models');
  expect(als?.required).toEqual(['use']);
  expect(als?.properties?.config).toMatchObject({ additionalProperties: false });
  const [ranker] = options('rankers');
  expect(ranker?.required).toEqual(['use', 'config']);
});

it('accepts and refuses what parseConfig does', () => {
  const check = z.fromJSONSchema(schema as never);
  const valid = {
    models: { taste: { use: 'als' } },
    pipelines: { home: { candidates: [{ model: 'taste' }, { use: 'campaign', n: 3 }], rerank: [{ use: 'mmr' }] } },
  };
  expect(check.safeParse(valid).success).toBe(true);
  expect(check.safeParse({ models: { taste: { use: 'asl' } } }).success).toBe(false);
  expect(check.safeParse({ models: { taste: { use: 'als', config: { factor: 1 } } } }).success).toBe(false);
  expect(check.safeParse({ ...valid, pipeline: {} }).success).toBe(false);
});

it('marks references for editors, and works without any component', () => {
  const blend = toys.components.find((component) => component.type === 'blend')!;
  expect(JSON.stringify(componentJsonSchema(blend.schema))).toContain('"x-recograph-ref":"model"');
  expect(() => configJsonSchema(collectComponents([]))).not.toThrow();
});
