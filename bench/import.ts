/**
 * Imports a generated ratings file (CSV, text ids) into a new SQLite store, twice.
 * `node --conditions=@recograph/source --import tsx bench/import.ts [rows]`
 */

import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importData } from 'recograph';
import { createRng } from 'recograph/math';
import { openStore } from '../plugins/store-typeorm/index.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'recograph-import-'));
const path = join(folder, 'ratings.csv');
const rng = createRng(1);
const file = createWriteStream(path);
file.write('user,item,rating,timestamp\n');
for (let done = 0; done < rows; ) {
  let text = '';
  for (const end = Math.min(rows, done + 10_000); done < end; done++) {
    text += `user-${rng.int(60_000)},item-${rng.int(20_000)},${(1 + rng.int(9)) / 2},${1_500_000_000 + rng.int(100_000_000)}\n`;
  }
  if (!file.write(text)) await once(file, 'drain');
}
file.end();
await once(file, 'close');

try {
  for (const run of ['first', 'second']) {
    const store = await openStore({ path: join(folder, 'store.sqlite') }, { now: Date.now });
    let reading = 0;
    const cpu = process.cpuUsage();
    const started = performance.now();
    const report = ({ phase }: { phase: string }) => {
      if (phase === 'reading') reading = (performance.now() - started) / 1000;
    };
    const { imported, duplicates, seconds, peakRssBytes } = await importData(
      store,
      { interactions: { path } },
      { report },
    );
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      JSON.stringify({
        run,
        imported,
        duplicates,
        seconds,
        reading,
        cpuSeconds: (user + system) / 1e6,
        peakRssMB: peakRssBytes / 1e6,
      }),
    );
    await store.close();
  }
} finally {
  rmSync(folder, { recursive: true });
}
