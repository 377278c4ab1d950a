import type { Vocabulary } from '../spi/index.ts';

/** A vocabulary over `ids` in their order. Throws RangeError on a duplicate. */
export const createVocabulary = (ids: readonly string[]): Vocabulary => {
  const indices = new Map<string, number>();
  for (let i = 0; i < ids.length; i++) indices.set(ids[i]!, i);
  if (indices.size !== ids.length) throw new RangeError('a vocabulary cannot hold an id twice');
  return {
    size: ids.length,
    index: (id) => indices.get(id) ?? -1,
    id: (index) => {
      const id = ids[index];
      if (id === undefined) throw new RangeError(`index ${index} is outside 0..${ids.length - 1}`);
      return id;
    },
  };
};
