import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { readInteractions, readItems, readUsers } from 'recograph';
import { describe, expect, it } from 'vitest';
import type { RowBatch, SourceSpec } from '../../core/data/readers/index.ts';
import { tempFolder } from '../support/temp-store.ts';

const all = async <R>(batches: AsyncIterable<RowBatch<R>>) => {
  const rows: R[] = [];
  const lines: number[] = [];
  const problems: [number, string][] = [];
  for await (const batch of batches) {
    rows.push(...batch.rows);
    lines.push(...batch.lines);
    problems.push(...batch.problems.map(({ line, message }): [number, string] => [line, message]));
  }
  return { rows, lines, problems };
};

const written = async (name: string, content: string | Buffer): Promise<string> => {
  const path = join(await tempFolder(), name);
  await writeFile(path, content);
  return path;
};

const row = (user: string, item: string, value: number, time: number, type = 'rating') => ({
  user,
  item,
  type,
  value,
  time,
  context: null,
});

it('reads CSV by known header names, with byte order mark, CRLF and quoted fields', async () => {
  const path = await written(
    'r.csv',
    '\ufeffuserId,movieId,rating,timestamp\r\nu1,i1,4.5,964982703\r\n\r\n"u,2","i ""2""",3,2020-01-01T00:00:00Z\r\nu3,i3,,\r\n',
  );
  const { rows, lines, problems } = await all(readInteractions({ path }));
  expect(problems).toEqual([]);
  expect(rows).toEqual([
    row('u1', 'i1', 4.5, 964_982_703_000),
    row('u,2', 'i "2"', 3, Date.UTC(2020, 0, 1)),
    row('u3', 'i3', Number.NaN, Number.NaN),
  ]);
  expect(lines).toEqual([2, 4, 5]);
});

it('reads columns by name, with context, and by position where there is no header', async () => {
  const named = await written('log.tsv', 'label\twho\twhat\tcity\tcode\n1\tu\ti\tBern\t007\n0\tu\tj\t\t3\n');
  const columns: SourceSpec['columns'] = { user: 'who', item: 'what', value: 'label', context: ['city', 'code'] };
  expect((await all(readInteractions({ path: named, columns }))).rows).toEqual([
    { ...row('u', 'i', 1, Number.NaN), context: { city: 'Bern', code: '007' } },
    { ...row('u', 'j', 0, Number.NaN), context: { code: 3 } },
  ]);
  const bare = await written('bare.csv', 'i,u,1500000000000\n');
  expect((await all(readInteractions({ path: bare, columns: { user: 1, item: 0, time: 2 } }))).rows).toEqual([
    row('u', 'i', Number.NaN, 1_500_000_000_000, 'interaction'),
  ]);
});

it('reports malformed rows with their lines and reads on', async () => {
  const path = await written(
    'bad.csv',
    Buffer.concat([
      Buffer.from('user,item,rating,time\nu,i,5,1\nu,i\nu,i,five,1\nu,i,5,soon\nu,i,5,-3\nu,i,Infinity,1\n'),
      Buffer.from([0x66, 0xe9, 0x2c, 0x69, 0x2c, 0x35, 0x2c, 0x31, 0x0a]),
      Buffer.from('v,i,5,1'),
    ]),
  );
  const { rows, problems } = await all(readInteractions({ path }));
  expect(rows.map(({ user }) => user)).toEqual(['u', 'v']);
  expect(problems).toEqual([
    [3, 'the row has 2 fields, not 4'],
    [4, 'value is "five", not a number'],
    [5, 'time is "soon", neither a number nor an ISO date'],
    [6, 'time is "-3"; it must be from 1970 on and finite'],
    [7, 'value is "Infinity", not a number'],
    [8, 'the line is not valid UTF-8; save the file as UTF-8'],
  ]);
});

it('says what is wrong with a file as a whole', async () => {
  const path = await written('r.csv', 'a,b\n1,2\n');
  await expect(all(readInteractions({ path }))).rejects.toThrow('no column for user among: a, b');
  await expect(all(readInteractions({ path: `${path}.gone.csv` }))).rejects.toMatchObject({ code: 'DATA_INVALID' });
  const wide = await written('wide.csv', Buffer.from('\ufeffuser,item\n', 'utf16le'));
  await expect(all(readInteractions({ path: wide }))).rejects.toThrow('UTF-16');
  expect(() => readInteractions({ path: 'events.parquet' })).toThrow('@duckdb/node-api');
  expect(() => readInteractions({ path: 'events.xyz' })).toThrow('its ending tells no format');
});

it('reads JSON lines', async () => {
  const path = await written(
    'e.jsonl',
    '{"user":1,"item":"i","type":"click","time":1500000000000,"context":{"page":"home"}}\nnot json\n{"user":"u"}\n[1]\n',
  );
  const { rows, problems } = await all(readInteractions({ path }));
  expect(rows).toEqual([{ ...row('1', 'i', Number.NaN, 1.5e12, 'click'), context: { page: 'home' } }]);
  expect(problems.map(([line]) => line)).toEqual([2, 3, 4]);
});

it('reads user-items lines in their order', async () => {
  const path = await written('train.txt', 'u1 i3 i1  i2\n\nu2\ti1\n');
  const { rows } = await all(readInteractions({ path, format: 'user-items' }));
  expect(rows.map(({ user, item, time }) => [user, item, time])).toEqual([
    ['u1', 'i3', Number.NaN],
    ['u1', 'i1', Number.NaN],
    ['u1', 'i2', Number.NaN],
    ['u2', 'i1', Number.NaN],
  ]);
});

it('reads the two older MovieLens layouts, which are Latin-1', async () => {
  const folder = await tempFolder();
  const dat = join(folder, 'ml-1m');
  const tabbed = join(folder, 'ml-100k');
  await mkdir(dat);
  await mkdir(tabbed);
  await writeFile(join(dat, 'ratings.dat'), '1::1193::5::978300760\n');
  await writeFile(join(dat, 'movies.dat'), Buffer.from("73::Misérables, Les (1995)::Drama|Children's\n", 'latin1'));
  await writeFile(join(dat, 'users.dat'), '1::F::18::10::48067\n');
  await writeFile(join(tabbed, 'u.data'), '196\t242\t3\t881250949\n');
  await writeFile(join(tabbed, 'u.genre'), 'unknown|0\nAction|1\nDrama|2\n\n');
  await writeFile(join(tabbed, 'u.item'), '2|GoldenEye (1995)|01-Jan-1995||http://x|0|1|1\n');
  await writeFile(join(tabbed, 'u.user'), '1|24|M|technician|85711\n');

  expect((await all(readInteractions({ path: dat }))).rows).toEqual([row('1', '1193', 5, 978_300_760_000)]);
  expect((await all(readItems({ path: dat }))).rows).toEqual([
    { id: '73', title: 'Misérables, Les (1995)', categories: ['Drama', "Children's"], attributes: { year: 1995 } },
  ]);
  expect((await all(readUsers({ path: dat }))).rows).toEqual([
    { id: '1', attributes: { gender: 'F', age: 18, occupation: '10', zip: '48067' } },
  ]);
  expect((await all(readInteractions({ path: tabbed }))).rows).toEqual([row('196', '242', 3, 881_250_949_000)]);
  expect((await all(readItems({ path: tabbed }))).rows).toEqual([
    { id: '2', title: 'GoldenEye (1995)', categories: ['Action', 'Drama'], attributes: { year: 1995 } },
  ]);
  expect((await all(readUsers({ path: tabbed }))).rows).toEqual([
    { id: '1', attributes: { age: 24, gender: 'M', occupation: 'technician', zip: '85711' } },
  ]);
});

it('makes every other column of a catalogue an attribute', async () => {
  const path = await written(
    'items.csv',
    'item_id,name,genres,in_stock,price,colours,code,sizes,note\na,Shirt,x|y,no,9.5,red|blue,007,"[1,2]",\n',
  );
  expect((await all(readItems({ path }))).rows).toEqual([
    {
      id: 'a',
      title: 'Shirt',
      categories: ['x', 'y'],
      available: false,
      attributes: { price: 9.5, colours: ['red', 'blue'], code: '007', sizes: [1, 2] },
    },
  ]);
});

it('reads back any catalogue of text that is written as RFC 4180 says', async () => {
  const folder = await tempFolder();
  const text = (...more: string[]) =>
    fc.string({ unit: fc.constantFrom('a', 'é', '🎬', ',', '"', ' ', '|', ...more), minLength: 1, maxLength: 6 });
  const quoted = (field: string) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
  // blanks around a field without quotes are left out
  const kept = (field: string) => (quoted(field) === field ? field.trim() : field);
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(text(), text('\n')), { minLength: 1, maxLength: 20 }), async (table) => {
      const path = join(folder, `${count++}.csv`);
      await writeFile(path, `id,title\n${table.map((fields) => `${fields.map(quoted).join(',')}\n`).join('')}`);
      const { rows, problems } = await all(readItems({ path }));
      expect(problems).toEqual([]);
      expect(rows.map(({ id, title }) => [id, title ?? ''])).toEqual(table.map((fields) => fields.map(kept)));
    }),
    { numRuns: 60 },
  );
});

describe('a stray quotation mark costs one row', () => {
  const lines = (count: number, change: Record<number, string>) =>
    ['user,item,value', ...Array.from({ length: count }, (_, k) => change[k + 2] ?? `u${k},i${k},${1 + (k % 5)}`)].join(
      '\n',
    );

  it('that begins a field and is never closed: its line is rejected, the next ones are read', async () => {
    const { rows, problems } = await all(
      readInteractions({ path: await written('a.csv', lines(2000, { 6: 'u4,"i4,5' })) }),
    );
    expect(rows).toHaveLength(1999);
    expect(problems).toEqual([[6, expect.stringContaining('quotation mark that nothing closes')]]);
    expect(rows[4]).toMatchObject({ user: 'u5', item: 'i5' });
  });

  it('that another line closes by chance: no row swallows others', async () => {
    const text = lines(200, { 51: 'u49,"heroes,5', 58: 'u56,12",3' });
    const { rows, problems } = await all(readInteractions({ path: await written('a.csv', text) }));
    expect(problems.map(([line]) => line)).toEqual([51]);
    expect(rows).toHaveLength(199);
    expect(rows.find(({ user }) => user === 'u56')).toMatchObject({ item: '12"', value: 3 });
    expect(rows.every(({ item }) => !item.includes('\n'))).toBe(true);
  });

  it('in a TSV is an ordinary character', async () => {
    const text = ['user\titem', 'u1\t"heroes', 'u2\t12"', 'u3\t"x"'].join('\n');
    const { rows } = await all(readInteractions({ path: await written('a.tsv', text) }));
    expect(rows.map(({ item }) => item)).toEqual(['"heroes', '12"', '"x"']);
  });

  it('inside a field or behind a closing one is an ordinary character', async () => {
    const text = ['user,item', 'u1,7" single', 'u2,"a"b', 'u3,"say ""hi"""'].join('\n');
    const { rows, problems } = await all(readInteractions({ path: await written('a.csv', text) }));
    expect(problems).toEqual([]);
    expect(rows.map(({ item }) => item)).toEqual(['7" single', '"a"b', 'say "hi"']);
  });
});

it('leaves out blanks around fields, as around the names of the header', async () => {
  const text = 'user, item , value\nu1, i1, 3\n u2 ,i1 , 4 \nu3, "i 1" ,5\n';
  const { rows } = await all(readInteractions({ path: await written('a.csv', text) }));
  expect(rows.map(({ user, item, value }) => [user, item, value])).toEqual([
    ['u1', 'i1', 3],
    ['u2', 'i1', 4],
    ['u3', 'i 1', 5],
  ]);
});

it('keeps the digits of ids that a JSON number cannot hold', async () => {
  const text = [
    '{"user":9007199254740993,"item":"a"}',
    '{"user":9007199254740992,"item":12,"note":"9007199254740993"}',
    `{"note":"a \\"quoted\\\\","user":-9007199254740993,"item":${'1'.repeat(400)}}`,
  ];
  const { rows } = await all(readInteractions({ path: await written('a.jsonl', text.join('\n')) }));
  expect(rows.map(({ user, item }) => [user, item])).toEqual([
    ['9007199254740993', 'a'],
    ['9007199254740992', '12'],
    ['-9007199254740993', '1'.repeat(400)],
  ]);
});

it('reads lines that cross the chunks it reads the file in', async () => {
  const users = Array.from({ length: 60_000 }, (_, k) => `user-${k}`);
  const path = await written('big.csv', `user,item\n${users.map((user) => `${user},i\n`).join('')}`);
  const { rows, lines } = await all(readInteractions({ path }));
  expect(rows.map(({ user }) => user)).toEqual(users);
  expect(lines.at(-1)).toBe(60_001);
});
