import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chooseSplit } from '../../cli/init/split.ts';
import { config } from '../../cli/init/templates.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-init-'));
});
afterEach(() => rm(folder, { recursive: true }));

const columns = { user: 'user_id', item: 'item_id', time: 'date' };
const chosen = async (date: (k: number) => string, named: typeof columns | Omit<typeof columns, 'time'> = columns) => {
  const file = join(folder, 'events.csv');
  const rows = Array.from({ length: 100 }, (_, k) => `u${k % 10},i${k % 23},${date(k)}`);
  await writeFile(file, ['user_id,item_id,date', ...rows].join('\n'));
  return chooseSplit(file, named);
};
const day = (k: number) => `2024-05-${String(k).padStart(2, '0')}`;

it('parts by time where times can part the events', async () => {
  expect(await chosen((k) => day(1 + Math.floor(k / 4)))).toEqual({ use: 'temporal' });
});

it('parts at random where all events, or most, are of one date', async () => {
  expect(await chosen(() => day(1))).toEqual({
    use: 'random',
    why: '100 % of the events are of 2024-05-01T00:00:00.000Z or later, too many to test on',
  });
  expect(await chosen((k) => day(k < 30 ? 1 : 2))).toMatchObject({
    use: 'random',
    why: expect.stringMatching(/^70 % of the events/),
  });
});

it('parts at random where few rows have a time, or no column holds any', async () => {
  expect(await chosen((k) => (k < 30 ? day(1 + (k % 28)) : ''))).toEqual({
    use: 'random',
    why: 'Only 30 of 100 rows have a time in the column date',
  });
  expect(await chosen(day.bind(undefined, 1), { user: 'user_id', item: 'item_id' })).toMatchObject({ use: 'random' });
});

it('writes the split with its reason', () => {
  expect(config('a.csv', 'csv', columns, { use: 'random', why: 'All is of one day' })).toContain(
    "  // All is of one day: a random fifth is tested, not the newest events.\n  evaluation: { split: { use: 'random', test: 0.2 }",
  );
  expect(config('a.csv', 'csv', columns, { use: 'temporal' })).toContain(
    "\n  evaluation: { split: { use: 'temporal', test: 0.2 }",
  );
});
