/**
 * Reads a dataset snapshot of generated events: first, from its file, and from its file with new rows since.
 * `node --conditions=@recograph/source --import tsx bench/snapshot.ts [events]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasetFromSnapshot, readSnapshot } from 'recograph';
import { createRng } from 'recograph/math';
import { openStore } from '../plugins/store-typeorm/index.ts';

const events = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'recograph-snapshot-'));
const rng = createRng(1);

try {
  const store = await openStore({ path: join(folder, 'store.sqlite') }, { now: Date.now });
  const bulk = await store.bulkImport();
  const ids = (name: string, n: number) => Array.from({ length: n }, (_, k) => `${name}-${k}`);
  for (let done = 0; done < events; done += 10_000) {
    const column = (next: () => number) => Float64Array.from({ length: 10_000 }, next);
    await bulk.events({
      newUsers: done === 0 ? ids('user', 60_000) : [],
      newItems: done === 0 ? ids('item', 20_000) : [],
      newTypes: done === 0 ? ['rating'] : [],
      users: Int32Array.from(column(() => rng.int(60_000))),
      items: Int32Array.from(column(() => rng.int(20_000))),
      types: new Int32Array(10_000),
      values: column(() => (1 + rng.int(9)) / 2),
      times: column(() => 1.5e12 + rng.int(1e9)),
      keys: Uint8Array.from({ length: 160_000 }, () => rng.int(256)),
    });
  }
  await bulk.commit();

  const timed = async (name: string): Promise<void> => {
    const cpu = process.cpuUsage();
    const started = performance.now();
    const snapshot = await readSnapshot(store);
    const read = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    datasetFromSnapshot(snapshot);
    const seconds = (read - started) / 1000;
    const dataset = (performance.now() - read) / 1000;
    console.log(
      JSON.stringify({
        name,
        events: snapshot.events.length,
        seconds,
        cpuSeconds: (user + system) / 1e6,
        perSecond: Math.round(snapshot.events.length / seconds),
        dataset,
      }),
    );
  };
  await timed('first');
  await timed('cached');
  for (let batch = 0; batch < 5; batch++) {
    await store.recordEvents(
      Array.from({ length: 1000 }, (_, k) => ({
        user: `user-${k}`,
        item: `new-${k}`,
        type: 'click',
        value: null,
        time: k,
      })),
    );
  }
  await timed('cached + 5,000 new');
  await timed('cached + 5,000 new');
  await store.close();
} finally {
  rmSync(folder, { recursive: true });
}
