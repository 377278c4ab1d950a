import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventRecord, ShownRecord } from 'recograph';
import { expect, it } from 'vitest';
import { createRecommendationId } from '../../core/serving/recommendation-id.ts';
import { openDatabase } from '../../plugins/store-typeorm/database.ts';
import { migrations } from '../../plugins/store-typeorm/migrations.ts';
import { openStore } from '../../plugins/store-typeorm/store.ts';
import { tempFolder, tempStore } from '../support/temp-store.ts';

const DAY = 86_400_000;
const page = (
  recommendationId: string,
  items: readonly (string | null)[],
  more: Partial<ShownRecord> = {},
): ShownRecord => ({
  recommendationId,
  user: null,
  pipeline: 'home',
  bundle: 'b1',
  from: 1,
  items,
  ...more,
});
const event = (recommendationId: string | null, item = 'i'): EventRecord => ({
  user: 'u',
  item,
  type: 'click',
  value: null,
  time: 1,
  recommendationId,
});

it('says of each event at which rank its recommendation showed the item', async () => {
  const store = await tempStore();
  await store.upsertItems(['a', 'b', 'c', 'd'].map((id) => ({ id })));
  const id = createRecommendationId(1000);
  await store.addShown([page(id, ['b', 'a']), page(id, ['c', null, 'd'], { from: 3 })]);
  const outcomes = await store.recordEvents([
    event(id, 'a'),
    event(id.toUpperCase(), 'd'),
    event(id, 'new'),
    event(null, 'a'),
  ]);
  expect(outcomes).toEqual([
    { status: 'accepted' },
    { status: 'accepted' },
    { status: 'accepted', unattributed: 'NOT_SHOWN' },
    { status: 'accepted' },
  ]);
  expect([...(await store.shownPositions())]).toEqual([
    [1, 2],
    [2, 5],
  ]);
});

it('keeps events whose recommendation nobody knows, without it, and says so', async () => {
  const store = await tempStore();
  const ids = ['nonsense', createRecommendationId(5), "'); DROP TABLE events; --", 'x'.repeat(1024)];
  const outcomes = await store.recordEvents(ids.map((id) => event(id)));
  expect(outcomes).toEqual(ids.map(() => ({ status: 'accepted', unattributed: 'UNKNOWN_RECOMMENDATION' })));
  expect((await store.counts()).events).toBe(4);
  expect((await store.shownPositions()).size).toBe(0);
});

it('gives back what was shown, page by page; nobody and items unknown to the store stand as null', async () => {
  const store = await tempStore();
  await store.upsertItems([{ id: 'a' }, { id: 'b' }]);
  await store.upsertUsers([{ id: 'u' }]);
  const id = createRecommendationId(1000);
  const pages = [page(id, ['a', 'b'], { user: 'u' }), page(id, ['a'], { from: 3, pipeline: 'plain' })];
  await store.addShown([...pages, page(id, ['never seen'], { from: 4, user: 'stranger' })]);
  expect(await store.shown(id)).toEqual([...pages, page(id, [null], { from: 4 })]);
  expect((await store.counts()).users).toBe(1);
  // The same page again, longer.
  await store.addShown([page(id, ['a', 'b', 'a'], { from: 1 })]);
  expect((await store.shown(id))[0]?.items).toEqual(['a', 'b', 'a']);
});

it('deletes what is older than asked, and the oldest beyond the bytes, in parts', async () => {
  const store = await tempStore();
  await store.upsertItems([{ id: 'a' }]);
  const ids = Array.from({ length: 45_000 }, (_, k) => createRecommendationId(k * 1000));
  await store.addShown(ids.map((id) => page(id, ['a'])));
  const prune = async (limits: { before: number; maxBytes: number }) => {
    let calls = 1;
    while (await store.pruneShown(limits)) calls++;
    return calls;
  };
  expect(await prune({ before: 44_000_000, maxBytes: 1e9 })).toBe(3);
  expect(await store.shown(ids[43_999]!)).toEqual([]);
  expect(await store.shown(ids[44_000]!)).toHaveLength(1);
  await prune({ before: 0, maxBytes: 100 * 39 });
  expect(await store.shown(ids[44_899]!)).toEqual([]);
  expect(await store.shown(ids[44_900]!)).toHaveLength(1);
});

it('ten requests a second for thirty days, ten items each, take less than 3 GB', async () => {
  const path = join(await tempFolder(), 'disk.sqlite');
  const store = await tempStore(path);
  const items = Array.from({ length: 60_000 }, (_, k) => `item-${k}`);
  const users = Array.from({ length: 20_000 }, (_, k) => `user-${k}`);
  await store.upsertItems(items.map((id) => ({ id })));
  await store.upsertUsers(users.map((id) => ({ id })));
  const bytes = async (): Promise<number> => {
    const database = await openDatabase(path);
    await database.write.rows('PRAGMA wal_checkpoint(TRUNCATE)');
    await database.close();
    return (await stat(path)).size;
  };
  const before = await bytes();
  const answers = 30_000;
  let random = 1;
  const draw = (n: number) => {
    random = (random * 48_271) % 2_147_483_647;
    return random % n;
  };
  for (let k = 0; k < answers; k += 500) {
    await store.addShown(
      Array.from({ length: 500 }, (_, j) =>
        page(
          createRecommendationId(1.75e12 + (k + j) * 100),
          Array.from({ length: 10 }, () => items[draw(items.length)]!),
          { user: users[draw(users.length)]! },
        ),
      ),
    );
  }
  const each = ((await bytes()) - before) / answers;
  const month = each * 10 * 86_400 * 30;
  console.info(
    `${each.toFixed(1)} bytes an answered request, ${(month / 1e9).toFixed(2)} GB for 10 a second over 30 days`,
  );
  expect(month).toBeLessThan(3e9);
  // What `maxBytes` counts is what the disk holds, within a tenth.
  const { write, close } = await openDatabase(path);
  const [counted] = await write.rows<{ value: number }>("SELECT value FROM meta WHERE name = 'shownBytes'");
  await close();
  expect(counted!.value / (each * answers)).toBeGreaterThan(0.9);
  expect(counted!.value / (each * answers)).toBeLessThan(1.1);
});

it('a database of the release before opens with its events, their ranks and its slates', async () => {
  const path = join(await tempFolder(), 'before.sqlite');
  const old = await openDatabase(path, migrations.slice(0, 2));
  const statements = [
    "INSERT INTO users(id) VALUES ('u')",
    "INSERT INTO items(id) VALUES ('a'), ('b'), ('c')",
    "INSERT INTO types(id) VALUES ('click')",
    `INSERT INTO slates(id, user, pipeline, bundle, createdAt, items)
     VALUES ('0b9c1c9e-4b0f-4e43-9f5a-0123456789ab', 'u', 'home', 'b1', ${10 * DAY}, '["c","a","b"]')`,
    `INSERT INTO events(user, item, type, value, time, recommendation)
     VALUES (1, 2, 1, 0.1, 5, '0b9c1c9e-4b0f-4e43-9f5a-0123456789ab'), (1, 1, 1, NULL, 6, 'nonsense'), (1, 1, 1, NULL, 7, NULL)`,
    "UPDATE meta SET value = 3 WHERE name = 'events'",
  ];
  for (const statement of statements) await old.write.rows(statement);
  await old.close();

  const store = await openStore({ path }, { now: () => 1000 });
  expect(await store.counts()).toEqual({ events: 3, items: 3, users: 1 });
  expect([...(await store.shownPositions())]).toEqual([[1, 3]]);
  const late = event('0b9c1c9e-4b0f-4e43-9f5a-0123456789ab', 'a');
  expect(await store.recordEvents([late])).toEqual([{ status: 'accepted' }]);
  expect((await store.shownPositions()).get(4)).toBe(2);
  while (await store.pruneShown({ before: 11 * DAY, maxBytes: 0 }));
  expect(await store.recordEvents([late])).toEqual([{ status: 'accepted', unattributed: 'UNKNOWN_RECOMMENDATION' }]);
  await store.close();
});
