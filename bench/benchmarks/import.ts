import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { importData } from 'recograph';
import { createRng } from 'recograph/math';
import { openStore } from '../../plugins/store-typeorm/index.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { timed } from '../harness/measure.ts';

const writeRatings = async (path: string, rows: number): Promise<void> => {
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
};

export default {
  name: 'import',
  about: 'Importing 1M generated ratings (CSV, text ids) into a new SQLite store, then the same file again.',
  asked: { import: { atMost: 10 }, 'peak memory': { atMost: 400 } },
  run: async (context) => {
    const path = join(context.folder, 'ratings.csv');
    await writeRatings(path, context.quick ? 100_000 : 1_000_000);
    for (const run of ['import', 'import again']) {
      const store = await openStore({ path: join(context.folder, 'store.sqlite') }, { now: Date.now });
      const { value, cpuSeconds } = await timed(() => importData(store, { interactions: { path } }));
      const { imported, duplicates, seconds, peakRssBytes } = value;
      context.note({ run, imported, duplicates, seconds, cpuSeconds, peakRssMB: peakRssBytes / 1e6 });
      context.figure(run, seconds, 's');
      context.figure(`${run}, CPU time`, cpuSeconds, 's');
      if (run === 'import') context.figure('peak memory', peakRssBytes / 1e6, 'MB');
      await store.close();
    }
  },
} satisfies Benchmark;
