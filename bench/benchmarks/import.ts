import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from 'recograph/math';
import type { Benchmark } from '../harness/benchmark.ts';
import { buildCommandLine, commandLine } from '../harness/command-line.ts';

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
  about:
    'Importing 1M generated ratings (CSV, text ids) into a new SQLite store by the command line, then the same file again.',
  asked: { import: { atMost: 10 }, 'peak memory': { atMost: 400 } },
  run: async (context) => {
    buildCommandLine();
    const path = join(context.folder, 'ratings.csv');
    await writeRatings(path, context.quick ? 100_000 : 1_000_000);
    const config = join(context.folder, 'recograph.json');
    const models = { popular: { use: 'popularity' } };
    const store = { path: 'store.sqlite' };
    writeFileSync(config, JSON.stringify({ models, data: { interactions: { path } }, store }));
    for (const run of ['import', 'import again']) {
      const { seconds, cpuSeconds, peakMB } = await commandLine(context, ['import', '--config', config, '--json']);
      context.figure(run, seconds, 's');
      context.figure(`${run}, CPU time`, cpuSeconds, 's');
      if (run === 'import') context.figure('peak memory', peakMB, 'MB');
    }
  },
} satisfies Benchmark;
