import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, configHash } from '../../../core/registry/hash.ts';
import { parseConfig } from '../../../core/registry/parse-config.ts';
import { components, parse } from './support.ts';

const models = { taste: { use: 'als', config: { factors: 8 } } };

it('is equal for equal configs, however they are written', () => {
  const a = parse({ models, seed: 42 });
  const b = parse({ training: {}, models: { taste: { config: { factors: 8 }, use: 'als' } } });
  expect(configHash(a)).toBe(configHash(b));
  expect(configHash(a)).toMatch(/^[0-9a-f]{64}$/);
});

it('differs where the bundle would differ, and only there', () => {
  const hash = configHash(parse({ models }));
  expect(configHash(parse({ models: { taste: { use: 'als', config: { factors: 9 } } } }))).not.toBe(hash);
  expect(configHash(parse({ models, seed: 1 }))).not.toBe(hash);
  expect(configHash(parse({ models, server: { port: 1 }, store: { path: 'x' } }))).toBe(hash);
});

it('stays when the project moves', () => {
  const raw = { models, data: { interactions: { path: 'ratings.csv' } } };
  const [here, there] = ['/a/b', '/c'].map((folder) => configHash(parseConfig(raw, components, { folder }), folder));
  expect(here).toBe(there);
});

it('does not see the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(turned)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
