/**
 * A process that writes events one by one and says so when each is acknowledged:
 * `event-writer.ts DATABASE NAME COUNT`.
 */
import { openStore } from '../../plugins/store-typeorm/store.ts';

const [path, name, count] = process.argv.slice(2) as [string, string, string];
const store = await openStore({ path }, { now: Date.now });
const write = async (k: number): Promise<void> => {
  const event = {
    user: `${name}-user-${k % 7}`,
    item: `item-${k % 11}`,
    type: 'click',
    value: k,
    time: k,
    key: `${name}-${k}`,
  };
  await store.recordEvents([event]);
  process.stdout.write(`${name}-${k}\n`);
};
for (let k = 0; k < Number(count); k += 4) await Promise.all([0, 1, 2, 3].map((lane) => write(k + lane)));
await store.close();
