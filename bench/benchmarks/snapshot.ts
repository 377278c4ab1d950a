import { join } from 'node:path';
import { datasetFromSnapshot, readSnapshot, type Store } from 'recograph';
import { createRng } from 'recograph/math';
import { openStore } from '../../plugins/store-typeorm/store.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { timed } from '../harness/measure.ts';

const USERS = 60_000;
const ITEMS = 20_000;
const BATCH = 10_000;

const fill = async (store: Awaited<ReturnType<typeof openStore>>, events: number): Promise<void> => {
  const rng = createRng(1);
  const bulk = await store.bulkImport();
  const ids = (name: string, n: number) => Array.from({ length: n }, (_, k) => `${name}-${k}`);
  for (let done = 0; done < events; done += BATCH) {
    const column = (next: () => number) => Float64Array.from({ length: BATCH }, next);
    await bulk.events({
      newUsers: done === 0 ? ids('user', USERS) : [],
      newItems: done === 0 ? ids('item', ITEMS) : [],
      newTypes: done === 0 ? ['rating'] : [],
      users: Int32Array.from(column(() => rng.int(USERS))),
      items: Int32Array.from(column(() => rng.int(ITEMS))),
      types: new Int32Array(BATCH),
      values: column(() => (1 + rng.int(9)) / 2),
      times: column(() => 1.5e12 + rng.int(1e9)),
      keys: Uint8Array.from({ length: 16 * BATCH }, () => rng.int(256)),
    });
  }
  await bulk.commit();
};

const addClicks = (store: Store) =>
  store.recordEvents(
    Array.from({ length: 1000 }, (_, k) => ({
      user: `user-${k}`,
      item: `new-${k}`,
      type: 'click',
      value: null,
      time: k,
    })),
  );

export default {
  name: 'snapshot',
  about: 'Reading 1M generated events as a training snapshot: first, from its file, and with 5,000 new ones since.',
  asked: {},
  run: async (context) => {
    const store = await openStore({ path: join(context.folder, 'store.sqlite') }, { now: Date.now });
    await fill(store, context.quick ? 100_000 : 1_000_000);
    const read = async (name: string): Promise<void> => {
      const snapshot = await timed(() => readSnapshot(store));
      const dataset = await timed(() => datasetFromSnapshot(snapshot.value));
      const { seconds, cpuSeconds } = snapshot;
      const events = snapshot.value.events.length;
      context.note({ name, events, seconds, cpuSeconds, perSecond: events / seconds, dataset: dataset.seconds });
      context.figure(name, seconds, 's');
      context.figure(`${name}, as dataset`, dataset.seconds, 's');
    };
    await read('first');
    await read('cached');
    for (let batch = 0; batch < 5; batch++) await addClicks(store);
    await read('cached + 5,000 new');
    await store.close();
  },
} satisfies Benchmark;
