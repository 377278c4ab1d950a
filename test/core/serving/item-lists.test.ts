import { expect, it } from 'vitest';
import type { ActiveBundles } from '../../../core/serving/active-bundles.ts';
import type { Backend } from '../../../core/serving/backend.ts';
import { createFigures } from '../../../core/serving/figures.ts';
import { createItemLists } from '../../../core/serving/item-lists.ts';
import { createTurns } from '../../../core/serving/turns.ts';
import { RecographError, type Store } from '../../../core/spi/index.ts';

const view = {
  available: undefined,
  records: [{ id: 'i0' }, { id: 'i1' }, { id: 'i2' }],
  itemId: (index: number) => `i${index}`,
  space: { itemIndex: (id: string) => Number(id.slice(1)) },
};
const bundle = { manifest: { id: 'b' }, pipelines: ['home'], fallback: { home: [2, 1, 0] }, rules: {} };
const bundles = {
  use: async (_: unknown, run: (served: object) => unknown) => run({ bundle, view: () => view }),
} as unknown as ActiveBundles;

const similarBy = (similar: Backend['similar']) => {
  const figures = createFigures();
  const backend = { similar } as Backend;
  const parts = {
    store: {} as Store,
    backend,
    bundles,
    figures,
    clock: { now: () => 0 },
    feed: { records: new Map(), listed: 0, version: 0, changesSince: () => [] },
    feedback: {},
    deadlineMs: 20,
    turns: createTurns(),
  };
  return { figures, similar: createItemLists(parts).similar({ item: 'i1', n: 5 }) };
};

it.each([
  ['never answers', () => new Promise<never>(() => {}), 'DEADLINE_EXCEEDED'],
  ['is lost', () => Promise.reject(new RecographError('WORKER_FAILED', 'gone')), 'WORKER_FAILED'],
])('similar answers with the fallback list, saying so, where the worker %s', async (_, backend, code) => {
  const { figures, similar } = similarBy(backend);
  expect(await similar).toEqual({
    bundle: 'b',
    model: 'fallback',
    items: [
      { id: 'i2', rank: 1, score: -0 },
      { id: 'i0', rank: 2, score: -1 },
    ],
  });
  expect(figures.read().fallbacks).toEqual({ [code]: 1 });
});

it('similar says so where no model knows what is alike', async () => {
  const { similar } = similarBy(() => Promise.reject(new RecographError('INVALID_ARGUMENT', 'none')));
  await expect(similar).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});
