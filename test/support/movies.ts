import { readFileSync } from 'node:fs';
import type { Dataset } from 'recograph';
import { createDataset, createVocabulary, sortInteractions } from 'recograph';

const folder = new URL('../../examples/movies/data/ml-latest-small/', import.meta.url);

/** The real ml-latest-small ratings as a dataset; a rating of 4 or more is a positive. */
export const movies = (): Dataset => {
  const lines = readFileSync(new URL('ratings.csv', folder), 'utf8').trim().split('\n').slice(1);
  const fields = lines.map((line) => line.split(','));
  const users = createVocabulary([...new Set(fields.map((f) => f[0]!))]);
  const items = createVocabulary([...new Set(fields.map((f) => f[1]!))]);
  const values = Float32Array.from(fields, (f) => Number(f[2]));
  return createDataset({
    users,
    items,
    interactions: sortInteractions(
      {
        users: Int32Array.from(fields, (f) => users.index(f[0]!)),
        items: Int32Array.from(fields, (f) => items.index(f[1]!)),
        values,
        weights: values.map((value) => (value >= 4 ? 1 : 0)),
        times: Float64Array.from(fields, (f) => Number(f[3]) * 1000),
        typeNames: ['rating'],
      },
      users.size,
    ),
  });
};
