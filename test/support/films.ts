import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const GENRES = ['Comedy', 'Horror', 'Romance', 'Western'];
const WORDS = ['laughing clown circus', 'haunted ghost cellar', 'tender wedding letter', 'dusty sheriff saloon'];
export const ITEMS = 200;
export const USERS = 80;

/** `f0`.. : film k is of genre k mod 4. */
export const genreOf = (id: string): string => GENRES[Number(id.slice(1)) % 4]!;

/** `u0`.. : user u likes the films of genre u mod 4 alone, the earlier ones more often; all has times in January 2020. */
export const writeFilms = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const items = Array.from({ length: ITEMS }, (_, k) => {
    const year = 1950 + (k % 70);
    return JSON.stringify({
      id: `f${k}`,
      title: `${WORDS[k % 4]} ${k}`,
      categories: [GENRES[k % 4]],
      attributes: { year },
    });
  });
  const rows = ['user,item,value,time'];
  for (let u = 0; u < USERS; u++) {
    for (let k = 0; k < 15; k++) {
      const film = ((u * 7 + k * k) % 45) * 4 + (u % 4);
      rows.push(`u${u},f${film},5,${new Date(Date.UTC(2020, 0, 1 + k, u % 24)).toISOString()}`);
    }
  }
  await writeFile(join(folder, 'items.jsonl'), `${items.join('\n')}\n`);
  await writeFile(join(folder, 'ratings.csv'), `${[...new Set(rows)].join('\n')}\n`);
};

/** A small hybrid over those files: factors, text, popularity, diversity. */
export const filmsConfig = {
  data: {
    interactions: {
      path: 'ratings.csv',
      format: 'csv',
      columns: { user: 'user', item: 'item', value: 'value', time: 'time' },
    },
    items: { path: 'items.jsonl', format: 'jsonl' },
    feedback: {
      interaction: { kind: 'explicit', min: 4 },
      rating: { kind: 'explicit', min: 4 },
      like: { kind: 'implicit' },
    },
  },
  models: {
    taste: { use: 'als', config: { factors: 8, epochs: 5 } },
    trending: { use: 'popularity' },
    themes: { use: 'content-based', config: { vectors: 'text' } },
  },
  features: { text: { use: 'content', config: { fields: ['title', 'categories'], dimensions: 16 } } },
  pipelines: {
    home: {
      candidates: [
        { model: 'taste', n: 200 },
        { model: 'themes', n: 200 },
      ],
      rerank: [{ use: 'mmr', config: { vectors: 'text', lambda: 0.95 } }],
      fallback: ['trending'],
    },
    texts: { candidates: [{ model: 'themes', n: 200 }] },
    plain: { candidates: [{ model: 'taste', n: 200 }], fallback: ['trending'] },
  },
} as const;
