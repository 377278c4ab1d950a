import { setImmediate as loopTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createCatalogueLog } from '../../../core/serving/catalogue-log.ts';
import { createItemPages } from '../../../core/serving/item-pages.ts';
import { createTurns } from '../../../core/serving/turns.ts';

const catalogue = (count: number) => {
  const log = createCatalogueLog();
  const upserted = Array.from({ length: count }, (_, k) => ({ id: `i${k}`, attributes: { price: k % 100, year: k } }));
  log.step({ upserted, deleted: [] });
  return log;
};

it('pages in the order of ids, behind the last one', async () => {
  const list = createItemPages(catalogue(12), createTurns());
  const filter = { attributes: [{ name: 'price', min: 2 }] };
  const first = await list({ first: 3, filter });
  expect(first.items.map(({ id }) => id)).toEqual(['i10', 'i11', 'i2']);
  expect(first.hasNextPage).toBe(true);
  const rest = await list({ first: 20, after: 'i2', filter });
  expect(rest.items.map(({ id }) => id)).toEqual(['i3', 'i4', 'i5', 'i6', 'i7', 'i8', 'i9']);
  expect(rest.hasNextPage).toBe(false);
});

it('twenty clients asking the heaviest of 100,000 items hold the thread for a few milliseconds at a time', async () => {
  const list = createItemPages(catalogue(100_000), createTurns());
  const conditions = Array.from({ length: 20 }, (_, k) => ({ name: k % 2 ? 'price' : 'year', min: -k }));
  const clients = Array.from({ length: 20 }, (_, client) =>
    list({ first: 100, filter: { attributes: [...conditions, { name: 'year', min: client }] } }),
  );
  let busy = true;
  const answers = Promise.all(clients).finally(() => {
    busy = false;
  });
  const cpuMs = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  await loopTurn();
  const held: number[] = [];
  for (let before = cpuMs(); busy; before = cpuMs()) {
    await loopTurn();
    held.push(cpuMs() - before);
  }
  expect((await answers).every(({ items }) => items.length === 100)).toBe(true);
  expect(held.length).toBeGreaterThan(50);
  // CPU of the whole process, so that a busy machine does not count; what compiles and collects beside it does.
  expect(held.sort((a, b) => a - b).at(Math.floor(0.99 * held.length))).toBeLessThan(100);
}, 60_000);
