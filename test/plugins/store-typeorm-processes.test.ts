import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { tempFolder, tempStore } from '../support/temp-store.ts';

const script = fileURLToPath(new URL('../support/event-writer.ts', import.meta.url));

const startWriter = (path: string, name: string, count: number): ChildProcess =>
  spawn(process.execPath, ['--conditions=@recograph/source', '--import', 'tsx', script, path, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

it('loses no event when several processes write at once', async () => {
  const path = join(await tempFolder(), 'shared.sqlite');
  const writers = ['a', 'b', 'c'].map((name) => startWriter(path, name, 80));
  for (const writer of writers) writer.stdout!.resume();
  const exits = await Promise.all(writers.map((writer) => once(writer, 'exit')));
  expect(exits.map(([code]) => code)).toEqual([0, 0, 0]);
  const store = await tempStore(path);
  expect(await store.counts()).toEqual({ events: 240, items: 11, users: 21 });
});

it('keeps every acknowledged event when its process is killed while writing', async () => {
  const path = join(await tempFolder(), 'killed.sqlite');
  const acknowledged: string[] = [];
  for (const [name, after] of [
    ['first', 20],
    ['second', 45],
  ] as const) {
    const writer = startWriter(path, name, 100_000);
    let seen = 0;
    for await (const line of createInterface({ input: writer.stdout! })) {
      acknowledged.push(line);
      if (++seen === after) writer.kill('SIGKILL');
    }
  }
  const store = await tempStore(path);
  const outcomes = await store.recordEvents(
    acknowledged.map((key) => ({ user: 'u', item: 'i', type: 't', value: null, time: 0, key })),
  );
  expect(acknowledged.length).toBeGreaterThanOrEqual(65);
  expect(outcomes.filter(({ status }) => status !== 'duplicate')).toEqual([]);
});
