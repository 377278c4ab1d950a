import { type Bitmap, type FittedModel, knownRows, type Matrix } from 'recograph';
import { createKernels, createRng, loadNeighborIndex, type NeighborIndex } from 'recograph/math';
import { afterAll, describe, expect, it } from 'vitest';
import type { LoadedBundle } from '../../../core/serving/loaded-bundle.ts';
import { similarItems } from '../../../core/serving/similar.ts';
import { createSimilarityScans } from '../../../core/serving/similarity-scans.ts';
import type { BundleView } from '../../../core/serving/view.ts';
import { similarIndex } from '../../../core/training/similar-index.ts';

const kernels = createKernels({ threads: 1 });
afterAll(() => kernels.dispose());
const rng = createRng(9);
const [rows, columns] = [400, 8];
const vectors = { rows, columns, data: Float32Array.from({ length: rows * columns }, () => rng.normal()) };
const model = { itemVectors: () => vectors } as unknown as FittedModel;
const view = { catalogue: { available: undefined, vectors: () => undefined } } as unknown as BundleView;
type Kind = 'cosine' | 'euclidean' | 'inner-product' | 'adjusted-cosine';
const similar = (similarity: Kind, indexes: Record<string, NeighborIndex>, allow?: Bitmap) =>
  similarItems(
    {
      bundle: {
        config: { similar: { similarity }, features: {} },
        models: { taste: model },
        items: { size: rows },
        indexes,
        scans: createSimilarityScans(kernels, similarity),
      } as unknown as LoadedBundle,
      view,
    },
    5,
    10,
    allow,
  );
const indexOf = async (similarity: Kind): Promise<Record<string, NeighborIndex>> => {
  const states = await similarIndex({ taste: model }, { similar: { similarity } }, rows);
  const { json, tensors } = states['index.taste']!;
  const index = await loadNeighborIndex(tensors.index!.data as Uint8Array, (json as { columns: number }).columns);
  return { taste: index! };
};

it.each(['cosine', 'euclidean'] as const)(
  '%s: the graph that a bundle holds finds what the scan finds',
  async (kind) => {
    const exact = (await similar(kind, {})).list;
    const found = (await similar(kind, await indexOf(kind))).list;
    expect([...found.items].filter((item) => exact.items.includes(item)).length).toBeGreaterThanOrEqual(9);
    expect(found.scores[0]).toBeCloseTo(exact.scores[0]!, 4);
    expect([...found.items]).not.toContain(5);
  },
);

it('looks at all items where few may be listed', async () => {
  const allow = { size: rows, words: new Uint32Array(Math.ceil(rows / 32)) };
  for (let item = 0; item < rows; item += 32) allow.words[item >> 5]! |= 1;
  const { list } = await similar('cosine', await indexOf('cosine'), allow);
  expect(list.items).toHaveLength(10);
  expect([...list.items].every((item) => item % 32 === 0)).toBe(true);
});

it('makes no graph for a catalogue that is quickly looked through', async () => {
  expect(await similarIndex({ taste: model }, { similar: { similarity: 'cosine' } })).toEqual({});
});

describe('an item that nobody chose', () => {
  const known = knownRows(vectors, (row) => row !== 5 && row !== 7);
  const bundle = {
    config: { similar: { similarity: 'cosine' }, features: { text: {} } },
    models: { taste: { itemVectors: () => known } },
    items: { size: rows },
    indexes: {},
    scans: createSimilarityScans(kernels, 'cosine'),
  } as unknown as LoadedBundle;
  const viewWith = (text: Matrix | undefined) =>
    ({ catalogue: { available: undefined, vectors: () => text } }) as unknown as BundleView;

  it('stands in no list of a model', async () => {
    const { list } = await similarItems({ bundle, view: viewWith(undefined) }, 1, rows, undefined);
    expect(list.items).toHaveLength(rows - 3);
    expect([...list.items].filter((item) => item === 5 || item === 7)).toEqual([]);
  });

  it('is answered by the next that knows it, else by an empty list', async () => {
    expect(await similarItems({ bundle, view: viewWith(vectors) }, 5, 10, undefined)).toMatchObject({
      model: 'text',
      list: { items: { length: 10 } },
    });
    expect(await similarItems({ bundle, view: viewWith(undefined) }, 5, 10, undefined)).toMatchObject({
      model: 'taste',
      list: { items: { length: 0 } },
    });
  });
});
