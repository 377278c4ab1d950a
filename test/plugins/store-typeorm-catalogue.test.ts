import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender, type Recommender } from 'recograph';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
let recommender: Recommender | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-catalogue-'));
  await writeFile(join(folder, 'a.csv'), 'user,item\nu1,a\nu1,b\nu2,a\nu2,c\nu3,b\n');
  await writeFile(join(folder, 'items.csv'), 'id,title,tags,price\na,Apple,x|y,1\nb,Bread,x,2\nc,Cream,y,3\n');
});
afterEach(async () => {
  await recommender?.close();
  recommender = undefined;
  await rm(folder, { recursive: true });
});

const open = async (items: object = {}): Promise<Recommender> => {
  recommender = await createRecommender({
    store: { path: join(folder, 'state/store.sqlite') },
    data: {
      interactions: { path: join(folder, 'a.csv'), format: 'csv', columns: { user: 'user', item: 'item' } },
      items: {
        path: join(folder, 'items.csv'),
        format: 'csv',
        columns: { id: 'id', title: 'title', categories: 'tags' },
        ...items,
      },
    },
    models: { pop: { use: 'popularity' } },
    pipelines: { home: { candidates: [{ model: 'pop', n: 10 }], excludeSeen: false } },
  } as never);
  await recommender.import();
  return recommender;
};
const itemA = async () => (await recommender!.store.items(['a']))[0];

describe('an upsert', () => {
  it('changes what it names and leaves the rest; null empties', async () => {
    await open();
    await recommender!.upsertItems([{ id: 'a', available: false }]);
    expect(await itemA()).toMatchObject({
      title: 'Apple',
      categories: ['x', 'y'],
      available: false,
      attributes: { price: 1 },
    });
    await recommender!.upsertItems([
      { id: 'a', title: null },
      { id: 'a', available: true },
    ]);
    expect(await itemA()).toMatchObject({ title: null, categories: ['x', 'y'], available: true });
    await recommender!.upsertItems([{ id: 'new', title: 'New' }]);
    expect((await recommender!.store.items(['new']))[0]).toMatchObject({
      categories: [],
      available: true,
      attributes: {},
    });
    await recommender!.upsertUsers([{ id: 'u1', attributes: { age: 3 } }]);
    await recommender!.upsertUsers([{ id: 'u1' }]);
    expect((await recommender!.store.users(['u1']))[0]).toMatchObject({ attributes: { age: 3 } });
  });

  it('of a file with fewer columns changes those', async () => {
    await open();
    await recommender!.close();
    await writeFile(join(folder, 'items.csv'), 'id,title\na,Apricot\n');
    await open({ columns: { id: 'id', title: 'title' } });
    expect(await itemA()).toMatchObject({ title: 'Apricot', categories: ['x', 'y'], attributes: { price: 1 } });
  });
});

describe('a nightly import of the catalogue', () => {
  it.each([
    ['newest', { title: 'Apple', left: undefined, said: 1 }],
    ['api', { title: 'API', left: undefined, said: 2 }],
    ['file', { title: 'Apple', left: 'Bread', said: 0 }],
  ] as const)('with the owner %s', async (owner, { title, left, said }) => {
    await open({ owner });
    await recommender!.upsertItems([{ id: 'a', title: 'API' }]);
    await recommender!.deleteItems(['b']);
    const { warnings } = await recommender!.import();
    expect(await itemA()).toMatchObject({ title });
    expect((await recommender!.store.items(['b']))[0]?.title).toBe(left);
    const kept = warnings.filter((warning) => warning.includes('left as they are'));
    expect(kept).toEqual(said === 0 ? [] : [expect.stringContaining(`${said} items of the file`)]);
  });
});

describe('events', () => {
  it('are counted, then deleted by what they are; histories and the next training know nothing of them', async () => {
    await open();
    await recommender!.train();
    expect(await recommender!.deleteEvents({ user: 'u1' }, { dryRun: true })).toBe(2);
    expect((await recommender!.store.counts()).events).toBe(5);
    expect(await recommender!.deleteEvents({ user: 'u1' })).toBe(2);
    expect((await recommender!.store.histories(['u1'], 10))[0]).toEqual([]);
    expect((await recommender!.store.counts()).events).toBe(3);
    await recommender!.train();
    const { items } = await recommender!.recommend({ target: { user: 'nobody' }, n: 3 });
    expect(items.map(({ id, score }) => [id, score])).toEqual([
      ['a', expect.any(Number)],
      ['b', expect.any(Number)],
      ['c', expect.any(Number)],
    ]);
    expect(new Set(items.map(({ score }) => score)).size).toBe(1);
    expect(await recommender!.deleteEvents({ item: 'a', type: 'interaction' })).toBe(1);
    await expect(recommender!.deleteEvents({})).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('of an import are listed and can be taken back', async () => {
    await open();
    await writeFile(join(folder, 'wrong.csv'), 'user,item\nx,a\ny,a\n');
    await recommender!.import({ interactions: join(folder, 'wrong.csv') });
    await recommender!.recordEvents([{ user: 'u9', item: 'a', type: 'click', value: null, time: 1 }]);
    const [second, first] = await recommender!.store.imports();
    expect([first, second]).toMatchObject([
      { events: 5, source: expect.stringContaining('a.csv') },
      { events: 2, source: expect.stringContaining('wrong.csv') },
    ]);
    expect(await recommender!.store.dropImport(second!.id)).toBe(2);
    expect((await recommender!.store.counts()).events).toBe(6);
    expect(await recommender!.store.imports()).toHaveLength(1);
    await expect(recommender!.store.dropImport(99)).rejects.toThrow('recograph data list');
  });
});

it('a backup made while others write is whole, holds the newest events, and serves', async () => {
  await open();
  await recommender!.train();
  const writing = Promise.all(
    Array.from({ length: 50 }, (_, k) =>
      recommender!.recordEvents([{ user: `w${k}`, item: 'a', type: 'click', value: null, time: k }]),
    ),
  );
  await recommender!.recordEvents([{ user: 'last', item: 'a', type: 'click', value: null, time: 1 }]);
  const out = join(folder, 'backup');
  const report = await recommender!.backup(out);
  await writing;
  expect(report).toMatchObject({ folder: out, bundles: 1, events: expect.any(Number) });
  expect(report.events).toBeGreaterThanOrEqual(6);
  await expect(recommender!.backup(out)).rejects.toThrow('is there already');
  const copy = await createRecommender({
    store: { path: join(out, 'store.sqlite') },
    models: { pop: { use: 'popularity' } },
    pipelines: { home: { candidates: [{ model: 'pop', n: 10 }] } },
  } as never);
  try {
    expect((await copy.store.histories(['last'], 10))[0]).toHaveLength(1);
    expect((await copy.recommend({ target: { anonymous: true }, n: 3 })).items).toHaveLength(3);
    expect((await copy.store.counts()).events).toBe(report.events);
  } finally {
    await copy.close();
  }
});
