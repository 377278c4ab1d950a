import { expect, it } from 'vitest';
import { componentGraph, neededBy } from '../../../core/registry/graph.ts';
import { components, errorOf, parse } from './support.ts';

const raw = {
  models: {
    both: { use: 'blend', config: { models: ['taste'], towards: 'words', extra: { by: 'model', model: 'trending' } } },
    taste: { use: 'als' },
    trending: { use: 'popularity' },
    unused: { use: 'popularity' },
  },
  features: { words: { use: 'text', config: { towards: 'taste' } } },
  rankers: { main: { use: 'linear', config: { features: ['both.score', 'words', 'item.price'] } } },
  pipelines: {
    home: {
      candidates: [
        { pipeline: 'base', n: 50 },
        { use: 'campaign', config: { like: 'trending' } },
      ],
      ranker: 'main',
      rerank: [{ use: 'mmr', config: { vectors: 'words' } }],
      fallback: ['trending'],
    },
    base: { candidates: [{ model: 'taste' }] },
  },
};
const graph = () => componentGraph(parse(raw), components);
const names = (nodes: readonly { name: string }[]) => nodes.map((node) => node.name);

it('puts each component after what it depends on', () => {
  const order = graph().map((node) => `${node.kind} ${node.name}`);
  expect(order).toHaveLength(10);
  for (const [index, node] of graph().entries()) {
    for (const { kind, name } of node.dependsOn) expect(order.indexOf(`${kind} ${name}`)).toBeLessThan(index);
  }
});

it('says what of another component is used', () => {
  const of = (name: string) => graph().find((node) => node.name === name)?.dependsOn;
  expect(of('both')).toEqual([
    { kind: 'model', name: 'taste', via: 'model' },
    { kind: 'feature', name: 'words', via: 'vectors' },
    { kind: 'model', name: 'trending', via: 'model' },
  ]);
  expect(of('words')).toEqual([{ kind: 'model', name: 'taste', via: 'vectors' }]);
  expect(of('main')).toEqual([
    { kind: 'model', name: 'both', via: 'score' },
    { kind: 'feature', name: 'words', via: 'vectors' },
  ]);
  expect(of('home')).toEqual([
    { kind: 'pipeline', name: 'base', via: 'candidates' },
    { kind: 'source', name: 'pipelines.home.candidates[1]', via: 'candidates' },
    { kind: 'ranker', name: 'main', via: 'ranker' },
    { kind: 'stage', name: 'pipelines.home.rerank[0]', via: 'rerank' },
    { kind: 'model', name: 'trending', via: 'fallback' },
  ]);
});

it('finds what one pipeline needs and nothing else', () => {
  expect(names(neededBy(graph(), [{ kind: 'pipeline', name: 'base' }]))).toEqual(['taste', 'base']);
  expect(names(neededBy(graph(), [{ kind: 'pipeline', name: 'home' }]))).not.toContain('unused');
});

it('names the circle', () => {
  const blend = (towards: string) => ({ use: 'blend', config: { towards } });
  const error = errorOf(() => parse({ models: { a: blend('b'), b: blend('c'), c: blend('b') } }));
  expect(error.code).toBe('CYCLE');
  expect(error.message).toContain('models.b -> models.c -> models.b is a circle');
});

it('finds a pipeline within itself', () => {
  const error = errorOf(() => parse({ models: {}, pipelines: { home: { candidates: [{ pipeline: 'home' }] } } }));
  expect(error).toMatchObject({ code: 'CYCLE', at: 'pipelines.home' });
});
