import { buildNeighborIndex, similaritySpace } from '../math/index.ts';
import type { Config } from '../registry/sections/index.ts';
import type { ComponentState, FittedModel } from '../spi/index.ts';

/**
 * Items from which on similar ones are looked up in a graph: below, looking at all of them is as fast
 * (`npm run bench -- similar-index`), and exact.
 */
export const INDEX_FROM = 20_000;

/** `index.MODEL`: the graph over the item vectors that `similar` asks, where there are many and usearch is installed. */
export const similarIndex = async (
  models: Readonly<Record<string, FittedModel>>,
  { similar: { model, similarity } }: Pick<Config, 'similar'>,
  from = INDEX_FROM,
): Promise<Record<string, ComponentState>> => {
  const names = model ? [model] : Object.keys(models);
  const name = names.find((each) => models[each]?.similarItems || models[each]?.itemVectors);
  const asked = name === undefined ? undefined : models[name]!;
  if (!asked?.itemVectors || asked.similarItems) return {};
  const vectors = asked.itemVectors();
  if (vectors.rows < from) return {};
  const { items } = similaritySpace(similarity, vectors);
  const index = await buildNeighborIndex(items);
  if (!index) return {};
  const bytes = Uint8Array.from(await index.bytes());
  return {
    [`index.${name}`]: {
      json: { columns: items.columns, similarity },
      tensors: { index: { shape: [bytes.length], data: bytes } },
    },
  };
};
