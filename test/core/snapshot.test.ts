import { readFile, writeFile } from 'node:fs/promises';
import { datasetFromSnapshot, type EventRecord, readSnapshot, snapshotFile } from 'recograph';
import { expect, it } from 'vitest';
import { tempStore } from '../support/temp-store.ts';

const event = (user: string, item: string, time: number, fields: Partial<EventRecord> = {}): EventRecord => ({
  user,
  item,
  type: 'rating',
  value: 5,
  time,
  ...fields,
});

it('is the same whether read at once or extended bit by bit', async () => {
  const store = await tempStore();
  await store.upsertItems([{ id: 'never-seen', title: 'T' }]);
  for (let k = 0; k < 5; k++) {
    await store.recordEvents(
      Array.from({ length: 10 * 3 ** k }, (_, n) =>
        event(`u${n % 7}`, `i${n}`, n, { context: n % 3 ? null : { hour: n % 2 } }),
      ),
    );
    await readSnapshot(store);
  }
  const extended = await readSnapshot(store);
  const whole = await readSnapshot(store, `${store.path}.other`);
  expect(extended.events.length).toBe(10 * (1 + 3 + 9 + 27 + 81));
  expect(extended.fingerprint).toBe(whole.fingerprint);
  expect(extended.events).toEqual(whole.events);
  expect(extended.events.contextTexts).toEqual(['{"hour":0}', '{"hour":1}']);
  expect(extended.items.index('never-seen')).toBe(0);
  expect(extended.itemRecords[0]).toMatchObject({ id: 'never-seen', title: 'T' });
  expect(extended.itemRecords.map(({ id }) => id)).toEqual(extended.itemRecords.map((_, k) => extended.items.id(k)));
});

it('shows changed, deleted and restored items', async () => {
  const store = await tempStore();
  await store.recordEvents([event('u', 'a', 1), event('u', 'b', 2), event('v', 'c', 3)]);
  const before = await readSnapshot(store);
  await store.deleteItems(['a']);
  await store.upsertItems([{ id: 'b', title: 'B' }]);
  const after = await readSnapshot(store);
  expect(after.items.index('a')).toBe(-1);
  expect([...after.events.items].map((item) => after.items.id(item))).toEqual(['b', 'c']);
  expect(after.itemRecords[0]).toMatchObject({ id: 'b', title: 'B' });
  expect(after.fingerprint).not.toBe(before.fingerprint);
  await store.recordEvents([event('w', 'a', 4)]);
  await store.upsertItems([{ id: 'a' }]);
  expect((await readSnapshot(store)).events.length).toBe(4);
});

it('ignores a damaged, truncated or foreign file', async () => {
  const store = await tempStore();
  await store.recordEvents([event('u', 'a', 1), event('v', 'b', 2)]);
  const { fingerprint } = await readSnapshot(store);
  const file = snapshotFile(store);
  const whole = await readFile(file);
  for (const place of [3, 20, whole.length - 9]) {
    const damaged = Buffer.from(whole);
    damaged[place]! ^= 1;
    await writeFile(file, damaged);
    expect((await readSnapshot(store)).fingerprint).toBe(fingerprint);
  }
  await writeFile(file, whole.subarray(0, whole.length / 2));
  expect((await readSnapshot(store)).fingerprint).toBe(fingerprint);

  const other = await tempStore();
  await other.recordEvents([event('x', 'y', 1)]);
  expect((await readSnapshot(other, file)).users.index('x')).toBe(0);
});

it('weighs events by the feedback rules of their types', async () => {
  const store = await tempStore();
  await store.recordEvents([
    event('u', 'a', 2, { value: 3 }),
    event('u', 'b', 1, { value: 4 }),
    event('u', 'c', 3, { type: 'click', value: null }),
    event('u', 'd', 4, { type: 'buy', value: null }),
  ]);
  const data = datasetFromSnapshot(await readSnapshot(store), {
    feedback: { rating: { kind: 'explicit', min: 4, weight: 2 }, buy: { kind: 'implicit', weight: 5 } },
    encodeContexts: (contexts) => ({
      rows: contexts.length,
      columns: { hour: { kind: 'categorical', size: 2, codes: new Int32Array(contexts.length) } },
    }),
  });
  const { interactions } = data;
  expect([...interactions.items].map((item) => data.items.id(item))).toEqual(['b', 'a', 'c', 'd']);
  // a click, which no rule names, weighs nothing
  expect([...interactions.weights]).toEqual([2, 0, 0, 5]);
  expect([...interactions.values]).toEqual([4, 3, Number.NaN, Number.NaN]);
  expect(interactions.context).toMatchObject({ rows: 4, columns: { hour: { codes: new Int32Array(4) } } });
  expect(data.until).toBe(4);
});

it('reads an empty store', async () => {
  const snapshot = await readSnapshot(await tempStore());
  expect(snapshot.events.length).toBe(0);
  expect(datasetFromSnapshot(snapshot).users.size).toBe(0);
});
