import fc from 'fast-check';
import { RecographError } from 'recograph';
import { expect, it } from 'vitest';
import { componentGraph } from '../../../core/registry/graph.ts';
import { jsonErrorLine } from '../../../core/registry/json-error.ts';
import { components, errorOf, parse } from './support.ts';

const name = fc.constantFrom('a', 'b', 'c', 'a.score', 'item.x', '__proto__', 'constructor', '');
const slot = fc.record(
  {
    use: fc.constantFrom('als', 'popularity', 'blend', 'text', 'linear', 'campaign', 'mmr', 'nothing'),
    config: fc.oneof(
      fc.jsonValue(),
      fc.record({ models: fc.array(name), towards: name }, { requiredKeys: [] }),
      fc.record({ features: fc.array(name), like: name, vectors: name }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: ['use'] },
);
const pipeline = fc.record(
  {
    candidates: fc.array(fc.oneof(fc.record({ model: name }), fc.record({ pipeline: name }), slot), { maxLength: 3 }),
    ranker: name,
    rerank: fc.array(slot, { maxLength: 2 }),
    fallback: fc.array(name, { maxLength: 2 }),
  },
  { requiredKeys: ['candidates'] },
);
const section = <T>(values: fc.Arbitrary<T>) => fc.oneof(fc.dictionary(name, values, { maxKeys: 3 }), fc.jsonValue());
const config = fc.record(
  { models: section(slot), features: section(slot), rankers: section(slot), pipelines: section(pipeline) },
  { requiredKeys: ['models'] },
);

it('answers any config with a parsed one or one RecographError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), config), (raw) => {
      try {
        parse(raw);
      } catch (error) {
        expect(error).toBeInstanceOf(RecographError);
      }
    }),
    { numRuns: 300 },
  );
});

it('orders what has no circle and refuses what has one', () => {
  const letters = ['a', 'b', 'c', 'd', 'e'];
  const edges = fc.array(fc.tuple(fc.constantFrom(...letters), fc.constantFrom(...letters)), { maxLength: 6 });
  /** Kahn's algorithm: is every node removable once those it needs are gone? */
  const isAcyclic = (pairs: readonly (readonly [string, string])[]): boolean => {
    let left = new Set(letters);
    for (;;) {
      const stuck = new Set([...left].filter((node) => pairs.some(([from, to]) => from === node && left.has(to))));
      if (stuck.size === left.size) return left.size === 0;
      left = stuck;
    }
  };
  fc.assert(
    fc.property(edges, (pairs) => {
      const models = Object.fromEntries(
        letters.map((letter) => {
          const uses = pairs.filter(([from]) => from === letter).map(([, to]) => to);
          return [letter, { use: 'blend', config: { models: uses } }];
        }),
      );
      if (!isAcyclic(pairs)) {
        expect(errorOf(() => parse({ models })).code).toBe('CYCLE');
        return;
      }
      const order = componentGraph(parse({ models }), components).map((node) => node.name);
      expect([...order].sort()).toEqual(letters);
      for (const [from, to] of pairs) expect(order.indexOf(to)).toBeLessThan(order.indexOf(from));
    }),
  );
});

it('finds the line on which JSON goes wrong, or the one before it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer(), { minKeys: 1 }), fc.nat(), (value, seed) => {
      const lines = JSON.stringify(value, null, 1).split('\n');
      const line = 1 + (seed % (lines.length - 1));
      lines.splice(line, 0, '?');
      const told = jsonErrorLine(lines.join('\n'));
      expect(told === line || told === line + 1).toBe(true);
    }),
  );
});
