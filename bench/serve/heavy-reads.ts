import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ITEMS = 100_000;
const USERS = 2000;
const ATTRIBUTES = 20;

/** A catalogue of 100,000 items with twenty numbers each, ten events of each of 2,000 users, and a config over them: its path. */
export const heavyProject = (folder: string): string => {
  const items = Array.from({ length: ITEMS }, (_, i) =>
    JSON.stringify({
      id: `item${i}`,
      title: `Item ${i}`,
      categories: [`c${i % 50}`, `d${i % 7}`],
      ...Object.fromEntries(Array.from({ length: ATTRIBUTES }, (_, a) => [`a${a}`, (i * (a + 3)) % 1000])),
    }),
  );
  const events = Array.from({ length: USERS * 10 }, (_, k) => {
    const user = Math.floor(k / 10);
    return `u${user},item${(user * 37 + (k % 10) ** 3 * 11) % ITEMS},click,${1_700_000_000 + k}`;
  });
  writeFileSync(join(folder, 'items.jsonl'), items.join('\n'));
  writeFileSync(join(folder, 'events.csv'), ['user,item,type,time', ...events].join('\n'));
  const config = join(folder, 'recograph.config.json');
  writeFileSync(
    config,
    JSON.stringify({
      data: {
        interactions: { path: 'events.csv', format: 'csv' },
        items: { path: 'items.jsonl', format: 'jsonl' },
        feedback: { click: { kind: 'implicit' } },
      },
      models: { taste: { use: 'als', config: { factors: 16, epochs: 2 } }, trending: { use: 'popularity' } },
      pipelines: { home: { candidates: [{ model: 'taste', n: 500 }], fallback: ['trending'] } },
      // Never past its deadline by default: what a read costs is measured, not the fallback.
      server: { deadlineMs: 30_000 },
    }),
  );
  return config;
};

const aliases = (count: number, field: (k: number) => string): string =>
  Array.from({ length: count }, (_, k) => `a${k}: ${field(k)}`).join(' ');
const many = (count: number, of: string): string[] => Array.from({ length: count }, (_, k) => `${of}${k}`);

let turn = 0;
/** Conditions that every item meets, so that each is asked of all; unlike those of any other request. */
const conditions = (count: number) => {
  const low = -1 - turn++;
  return Array.from({ length: count }, (_, a) => ({ name: `a${a % ATTRIBUTES}`, min: low }));
};
const body = (query: string, variables: object = {}): string => JSON.stringify({ query, variables });

/** The heaviest reads that stay within the limits, each a new one whenever it is asked for. */
export const heavyReads: Readonly<Record<string, () => string>> = {
  'items, the most conditions': () =>
    body(
      `query ($a: FilterInput, $b: FilterInput) {
        a: items(first: 1, filter: $a) { pageInfo { hasNextPage } } b: items(first: 1, filter: $b) { pageInfo { hasNextPage } } }`,
      { a: { attributes: conditions(20) }, b: { attributes: conditions(4) } },
    ),
  'recommend, the largest lists': () =>
    body(
      `query ($input: RecommendInput!) { recommend(input: $input, first: 100) {
        ... on RecommendationConnection { edges { node { itemId title } } } } }`,
      {
        input: {
          target: { session: { id: 's', events: many(500, 'item').map((item) => ({ item })) } },
          filter: { attributes: conditions(20), categories: [...many(93, 'x'), ...many(7, 'd')] },
          excludeItems: many(1000, 'item'),
          excludeSeen: true,
        },
      },
    ),
  'items, all aliases without a match': () =>
    body(
      `query ($f: FilterInput) { ${aliases(15, () => 'items(first: 1, filter: $f) { pageInfo { hasNextPage } }')} }`,
      { f: { attributes: [{ name: `nobody${turn++}`, eq: 1 }] } },
    ),
  'similarItems, unknown ids': () =>
    body(
      `{ ${aliases(15, (k) => `similarItems(item: "item${k}${'x'.repeat(80)}${turn++}") { ... on UnknownItem { suggestion } }`)} }`,
    ),
  'popular, a window each': () =>
    body(
      `{ ${aliases(3, (k) => `popular(window: "${90_000 + k + 3 * turn++}h", first: 10) { ... on ItemList { edges { node { title } } } }`)} }`,
    ),
};

/** Bodies as large as the server takes that it has to refuse. */
export const refusedReads: Readonly<Record<string, string>> = {
  'refused: 90,000 categories': body('query ($f: FilterInput) { items(filter: $f) { pageInfo { hasNextPage } } }', {
    f: { categories: many(90_000, 'c') },
  }),
  'refused: an id of 900,000 characters': body('query ($i: ID!) { similarItems(item: $i) { __typename } }', {
    i: 'x'.repeat(900_000),
  }),
  'refused: a string that does not end': `{"n":1234567890123456,"query":"${'\\"'.repeat(450_000)}`,
};
