import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventRecord, RecographError } from 'recograph';
import { expect, it } from 'vitest';
import { openDatabase } from '../../plugins/store-typeorm/database.ts';
import { createGate } from '../../plugins/store-typeorm/gate.ts';
import { migrations } from '../../plugins/store-typeorm/migrations.ts';
import type { Sql } from '../../plugins/store-typeorm/sql.ts';
import { openStore } from '../../plugins/store-typeorm/store.ts';
import { tempFolder, tempStore } from '../support/temp-store.ts';

const event = (fields: Partial<EventRecord>): EventRecord => ({
  user: 'u',
  item: 'i',
  type: 'click',
  value: null,
  time: 0,
  ...fields,
});

it('keeps what valid calls wrote when a fifth of 200 parallel calls is invalid', async () => {
  const store = await tempStore();
  const calls = await Promise.allSettled(
    Array.from({ length: 200 }, (_, k) => store.upsertItems([{ id: `a${k}` }, { id: k % 5 === 0 ? '' : `b${k}` }])),
  );
  expect(calls.filter(({ status }) => status === 'rejected')).toHaveLength(40);
  expect(await store.counts()).toEqual({ events: 0, items: 320, users: 0 });
});

it('stores one event for each idempotency key, however often it is sent', async () => {
  const store = await tempStore();
  const events = Array.from({ length: 1000 }, (_, k) => event({ key: `k${k}`, time: k }));
  const outcomes = (await Promise.all([1, 2, 3, 4, 5].map(() => store.recordEvents(events)))).flat();
  expect(outcomes.filter(({ status }) => status === 'accepted')).toHaveLength(1000);
  expect(outcomes.filter(({ status }) => status === 'duplicate')).toHaveLength(4000);
  expect((await store.counts()).events).toBe(1000);
});

it('rejects an invalid event alone, by its place', async () => {
  const store = await tempStore();
  const bad = [
    event({ value: Number.NaN }),
    event({ value: Number.POSITIVE_INFINITY }),
    event({ time: -1 }),
    event({ time: Number.NaN }),
    event({ user: '' }),
    event({ item: 'x'.repeat(1025) }),
    event({ item: 'a\0b' }),
    event({ user: '\ud800' }),
    event({ context: { deep: [Number.NaN] } }),
    event({ key: '' }),
  ];
  const outcomes = await store.recordEvents([event({}), ...bad, event({})]);
  expect(outcomes.map(({ status }) => status)).toEqual(['accepted', ...bad.map(() => 'rejected'), 'accepted']);
  expect(outcomes[1]).toMatchObject({ code: 'INVALID_ARGUMENT', message: 'value is NaN, not a finite number' });
  expect((await store.counts()).events).toBe(2);
});

it('takes odd but well-formed ids as they are', async () => {
  const store = await tempStore();
  const ids = [
    '__proto__',
    'constructor',
    '🎬🍿',
    '../../etc/passwd',
    "'; DROP TABLE events; --",
    '"',
    '\\u0000',
    'é',
    'e\u0301',
    ' ',
  ];
  await store.recordEvents(ids.map((id, time) => event({ user: id, item: id, type: id, time, value: time })));
  await store.upsertItems(ids.map((id) => ({ id, title: id, categories: [id], attributes: { [id]: id } })));
  const histories = await store.histories(ids, 10);
  ids.forEach((id, time) => {
    expect(histories[time]).toEqual([{ item: id, type: id, value: time, time }]);
  });
  const items = await store.items([...ids, 'a\0b', '\ud800']);
  ids.forEach((id, k) => {
    expect(items[k]).toMatchObject({ id, title: id, categories: [id] });
    expect(Object.entries(items[k]!.attributes!)).toEqual([[id, id]]);
  });
  expect(items.slice(ids.length)).toEqual([undefined, undefined]);
});

it('keeps numbers exactly', async () => {
  const store = await tempStore();
  const values = [0.1, 1 / 3, -2.5e-7, 123456.789, 16777216];
  await store.recordEvents(values.map((value, k) => event({ value, time: 1.7e12 + k })));
  const [history] = await store.histories(['u'], 10);
  expect(history?.map(({ value }) => value)).toEqual(values);
  for await (const page of store.events(0)) {
    expect(page.values).toEqual(Float32Array.from(values));
    expect(page.times).toEqual(Float64Array.from(values, (_, k) => 1.7e12 + k));
  }
});

it('answers the newest events of a history, oldest first', async () => {
  const store = await tempStore();
  await store.recordEvents([3, 1, 2].map((time) => event({ item: `i${time}`, time })));
  const [history] = await store.histories(['u'], 2);
  expect(history?.map(({ item }) => item)).toEqual(['i2', 'i3']);
});

it('shows nothing of a bulk import before its commit, and nothing at all after an abort', async () => {
  const store = await tempStore();
  await store.upsertItems([{ id: 'i' }]);
  const bulk = await store.bulkImport();
  await bulk.items([{ id: 'j' }]);
  expect((await store.counts()).items).toBe(1);
  const waiting = store.recordEvents([event({})]);
  await bulk.abort();
  expect(await waiting).toEqual([{ status: 'accepted' }]);
  expect(await store.counts()).toEqual({ events: 1, items: 1, users: 1 });
});

it('drops events of equal keys within the first bulk import', async () => {
  const store = await tempStore();
  const bulk = await store.bulkImport();
  await bulk.events({
    newUsers: ['u', 'v'],
    newItems: ['i'],
    newTypes: ['click'],
    users: Int32Array.of(0, 1, 1),
    items: new Int32Array(3),
    types: new Int32Array(3),
    values: Float64Array.of(1, Number.NaN, 3),
    times: Float64Array.of(1, 2, Number.NaN),
    keys: Uint8Array.from({ length: 48 }, (_, byte) => (byte < 32 ? 7 : 8)),
  });
  expect(await bulk.commit()).toEqual({ events: 2, duplicates: 1, kept: 0, items: 1, users: 2 });
  expect(await store.histories(['u', 'v'], 9)).toEqual([
    [{ item: 'i', type: 'click', value: 1, time: 1 }],
    [{ item: 'i', type: 'click', value: 3, time: Number.NaN }],
  ]);
});

it('counts what changes of items, of users and of events apart', async () => {
  const store = await tempStore();
  const [state, version] = [await store.state(), await store.version()];
  await store.upsertItems([{ id: 'i' }]);
  await store.upsertItems([{ id: 'i' }]);
  expect(await store.state()).toEqual({ ...state, items: state.items + 1 });
  expect(await store.version()).toBe(version);
  await store.upsertUsers([{ id: 'u', attributes: { age: 30 } }]);
  expect(await store.state()).toEqual({ ...state, items: state.items + 1, users: state.users + 1 });
  expect(await store.version()).toBe(version + 1);
  await store.recordEvents([event({ user: 'u', item: 'i' })]);
  expect(await store.version()).toBe(version + 2);
});

it('deletes items from the catalogue and brings them back when they are upserted', async () => {
  const store = await tempStore();
  await store.upsertItems([{ id: 'a' }, { id: 'b' }]);
  await store.recordEvents([event({ item: 'a' })]);
  expect(await store.deleteItems(['a', 'unknown'])).toBe(1);
  expect(await store.items(['a', 'b'])).toMatchObject([undefined, { id: 'b' }]);
  expect((await store.listItems({ first: 10 })).items).toHaveLength(1);
  expect(await store.counts()).toMatchObject({ events: 1, items: 1 });
  await store.upsertItems([{ id: 'a' }]);
  expect((await store.counts()).items).toBe(2);
});

it('pages through filtered items without a repeat or a gap', async () => {
  const store = await tempStore();
  await store.upsertItems(
    Array.from({ length: 30 }, (_, k) => ({ id: `${k}`.padStart(2, '0'), categories: [k % 3 === 0 ? 'x' : 'y'] })),
  );
  const filter = { categories: ['x'] };
  const first = await store.listItems({ first: 6, filter });
  const second = await store.listItems({ first: 6, after: first.items.at(-1)!.id, filter });
  expect([...first.items, ...second.items].map(({ id }) => Number(id))).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
  expect([first.hasNextPage, second.hasNextPage]).toEqual([true, false]);
});

it('activates by compare-and-swap and rolls back along the history', async () => {
  const store = await tempStore();
  for (const id of ['a', 'b', 'c']) {
    await store.addBundle({ id, createdAt: 1, configHash: 'h', metrics: null, folder: id });
  }
  await store.activateBundle('a', null);
  await expect(store.activateBundle('b', null)).rejects.toMatchObject({ code: 'CONFLICT' });
  await store.activateBundle('b', 'a');
  await store.activateBundle('c');
  expect([await store.rollbackBundle(), await store.rollbackBundle()]).toEqual(['b', 'a']);
  await expect(store.rollbackBundle()).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(store.activateBundle('zzz')).rejects.toMatchObject({ code: 'UNKNOWN_BUNDLE' });
  await expect(store.deleteBundle('a')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await store.activeBundle()).toBe('a');
});

it('refuses a database of a newer release and a file that is none', async () => {
  const folder = await tempFolder();
  const path = join(folder, 'newer.sqlite');
  const database = await openDatabase(path);
  await database.write.rows('PRAGMA user_version = 99');
  await database.close();
  await expect(openStore({ path }, { now: Date.now })).rejects.toMatchObject({ code: 'STORE_VERSION', at: path });

  const text = join(folder, 'text.sqlite');
  await writeFile(text, 'user,item\n'.repeat(1000));
  await expect(openStore({ path: text }, { now: Date.now })).rejects.toMatchObject({ code: 'STORE_FAILED' });
});

it('answers DISK_FULL when no page is left, keeps what was there and goes on afterwards', async () => {
  const database = await openDatabase(join(await tempFolder(), 'full.sqlite'));
  const { write, read, path } = database;
  const gate = createGate(write, path, 1000, () => undefined);
  const fill = (id: string, bytes: number) =>
    gate.write(() => write.change('INSERT INTO kept_states(name, state) VALUES (?, ?)', [id, 'x'.repeat(bytes)]));
  await fill('before', 10);
  const [pages] = await read.rows<{ page_count: number }>('PRAGMA page_count');
  await write.rows(`PRAGMA max_page_count = ${pages!.page_count + 2}`);
  const failure = (await fill('large', 1_000_000).catch((error: unknown) => error)) as RecographError;
  expect(failure.code).toBe('DISK_FULL');
  await write.rows('PRAGMA max_page_count = 100000');
  await fill('after', 1_000_000);
  expect(await read.rows('SELECT name FROM kept_states ORDER BY name')).toEqual([
    { name: 'after' },
    { name: 'before' },
  ]);
  await database.close();
});

it('copies the file before it migrates, and stays at the old version when a step fails', async () => {
  const path = join(await tempFolder(), 'old.sqlite');
  const old = await openDatabase(path);
  await old.write.rows("INSERT INTO kept_states(name, state) VALUES ('kept', '1')");
  await old.close();

  const broken = [...migrations, async (sql: Sql) => void (await sql.rows('DROP TABLE kept_states; SELECT broken'))];
  await expect(openDatabase(path, [...broken, () => Promise.reject(new Error('no'))])).rejects.toMatchObject({
    code: 'STORE_FAILED',
  });
  const good = [...migrations, async (sql: Sql) => void (await sql.rows('CREATE TABLE added (x)'))];
  const migrated = await openDatabase(path, good);
  expect(await migrated.read.rows('SELECT name FROM kept_states')).toEqual([{ name: 'kept' }]);
  expect(await migrated.read.rows('SELECT x FROM added')).toEqual([]);
  await migrated.close();

  const copy = await openDatabase(`${path}.v${migrations.length}.bak`);
  expect(await copy.read.rows('SELECT name FROM kept_states')).toEqual([{ name: 'kept' }]);
  await copy.close();
});
