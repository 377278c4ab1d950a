import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender, type EventRecord, type Recommender } from 'recograph';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
let folder: string;
let recommender: Recommender | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-feedback-'));
});
afterEach(async () => {
  await recommender?.close();
  await rm(folder, { recursive: true });
});

const open = async (config: Record<string, unknown>): Promise<Recommender> => {
  recommender = await createRecommender(
    {
      models: { pop: { use: 'popularity' } },
      pipelines: { home: { candidates: [{ model: 'pop', n: 50 }], excludeSeen: false } },
      store: { path: join(folder, 'store.sqlite') },
      ...config,
    } as never,
    { clock: { now: () => NOW } },
  );
  return recommender;
};
const event = (user: string, item: string, type: string, more: Partial<EventRecord> = {}): EventRecord => ({
  user,
  item,
  type,
  value: null,
  time: NOW - DAY,
  ...more,
});
const ids = async (user: string, more: object = {}) =>
  (await recommender!.recommend({ target: { user }, n: 20, ...more })).items.map(({ id }) => id);

describe('an event type that data.feedback does not name', () => {
  const feedback = { buy: { kind: 'implicit' } };

  it('weighs nothing, is reported with every event and by the training, with what may have been meant', async () => {
    await open({ data: { feedback } });
    const outcomes = await recommender!.recordEvents([
      event('u1', 'a', 'buy'),
      event('u2', 'b', 'buyy'),
      event('u3', 'b', 'impression'),
      event('u4', 'b', 'impression'),
    ]);
    expect(outcomes).toEqual([
      { status: 'accepted' },
      ...Array.from({ length: 3 }, () => ({ status: 'accepted', remarks: ['UNKNOWN_TYPE'] })),
    ]);
    const { warnings } = await recommender!.train();
    expect(warnings).toEqual([
      '1 events of type "buyy" weigh nothing: data.feedback does not name it. Did you mean "buy"?',
      '2 events of type "impression" weigh nothing: data.feedback does not name it.',
    ]);
    const slate = await recommender!.recommend({ target: { user: 'nobody' }, n: 2 });
    expect(slate.items.map(({ id }) => id)[0]).toBe('a');
    expect((await recommender!.service.popular({ n: 5 })).items).toEqual([{ id: 'a', rank: 1, score: 1 }]);
  });

  it('is refused where the config says so', async () => {
    await open({ data: { feedback: { ...feedback, unknown: 'refuse' } } });
    expect(await recommender!.recordEvents([event('u', 'a', 'clik'), event('u', 'a', 'buy')])).toEqual([
      { status: 'rejected', code: 'INVALID_ARGUMENT', message: expect.stringContaining('data.feedback does not name') },
      { status: 'accepted' },
    ]);
  });

  it('counts like all others where no type has a rule, which a training says', async () => {
    await open({});
    await recommender!.recordEvents([event('u1', 'a', 'view'), event('u2', 'b', 'like'), event('u3', 'b', 'dislike')]);
    const { warnings } = await recommender!.train();
    expect(warnings).toEqual([expect.stringContaining('(view: 1, like: 1, dislike: 1) count alike as positives')]);
    expect(await ids('nobody')).toEqual(['b', 'a']);
  });

  it('is named where a rule is the rule of no event', async () => {
    await open({ data: { feedback: { ratings: { kind: 'explicit', min: 4 }, view: { kind: 'implicit' } } } });
    await recommender!.recordEvents([event('u', 'a', 'rating', { value: 1 }), event('u', 'b', 'view')]);
    expect((await recommender!.train()).warnings).toContain(
      'data.feedback.ratings is the rule of no event: no event has this type. Did you mean "rating"?',
    );
  });
});

describe('negative feedback', () => {
  const data = { feedback: { buy: { kind: 'implicit' }, hide: { kind: 'negative' } } };
  const buys = ['u1', 'u2', 'u3'].flatMap((user) => ['a', 'b', 'c'].map((item) => event(user, item, 'buy')));

  it('is an item that is not recommended to its user again, by any road, until they choose it anew', async () => {
    await open({
      data,
      pipelines: {
        home: { candidates: [{ model: 'pop', n: 50 }], excludeSeen: false },
        broken: { candidates: [{ model: 'pop', n: 50 }], excludeSeen: false, fallback: ['pop'] },
      },
    });
    await recommender!.recordEvents(buys);
    await recommender!.train();
    await recommender!.recordEvents([event('u1', 'a', 'hide', { time: NOW - DAY / 2 })]);
    expect(await ids('u1')).toEqual(['b', 'c']);
    expect(await ids('u1', { pipeline: 'broken', deadlineMs: 1 })).not.toContain('a');
    expect(await ids('u2')).toEqual(['a', 'b', 'c']);
    expect(await ids('none', { target: { session: { id: 's', events: [{ item: 'b', type: 'hide' }] } } })).toEqual([
      'a',
      'c',
    ]);
    await recommender!.recordEvents([event('u1', 'a', 'buy', { time: NOW })]);
    expect(await ids('u1')).toEqual(['a', 'b', 'c']);
  });

  it('takes earlier positives of the same item back', async () => {
    await open({ data });
    await recommender!.recordEvents([
      ...buys,
      event('u1', 'a', 'hide', { time: NOW - 1 }),
      event('u2', 'a', 'hide', { time: NOW - 1 }),
    ]);
    await recommender!.train();
    const { items } = await recommender!.recommend({ target: { user: 'nobody' }, n: 3 });
    expect(items.map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  });
});

describe('an event that cannot be meant', () => {
  const data = { feedback: { rating: { kind: 'explicit', min: 4, scale: [1, 5] }, buy: { kind: 'implicit' } } };

  it('is refused alone, by its time or its value', async () => {
    await open({ data });
    const outcomes = await recommender!.recordEvents([
      event('u', 'a', 'buy', { time: Date.UTC(2099, 0, 1) }),
      event('u', 'b', 'rating', { value: 50 }),
      event('u', 'c', 'buy', { value: 1e30 }),
      event('u', 'd', 'buy', { time: NOW + DAY / 2 }),
      event('u', 'e', 'rating', { value: 5 }),
    ]);
    expect(outcomes.map((outcome) => ('message' in outcome ? outcome.message : outcome.status))).toEqual([
      expect.stringContaining('time is 2099-01-01T00:00:00.000Z, more than 1 days after now'),
      'value is 50, outside 1 to 5, the scale of data.feedback.rating',
      'value is 1e+30, outside -1000000000 to 1000000000',
      'accepted',
      'accepted',
    ]);
  });

  it('of a file is left out and reported, and the file is imported', async () => {
    const rows = ['u1,a,buy,2026-05-01', 'u2,a,buy,2099-05-01', 'u3,a,buy,2026-05-01'];
    await writeFile(join(folder, 'a.csv'), ['user,item,type,time', ...rows].join('\n'));
    await open({
      data: {
        ...data,
        interactions: {
          path: join(folder, 'a.csv'),
          format: 'csv',
          columns: { user: 'user', item: 'item', type: 'type', time: 'time' },
        },
      },
    });
    const result = await recommender!.import();
    expect(result).toMatchObject({ imported: { events: 2 }, rejected: 1 });
    expect(result.rejects[0]).toMatchObject({ line: 3, message: expect.stringContaining('after now') });
    expect(result.warnings).toEqual([expect.stringContaining('1 events were left out')]);
  });

  it('that is stored already is left out of a training, and said', async () => {
    await open({ models: { pop: { use: 'popularity', config: { halfLifeDays: 14 } } } });
    await recommender!.store.recordEvents([
      ...Array.from({ length: 50 }, (_, k) => event(`u${k}`, 'hit', 'click')),
      event('x', 'other', 'click'),
      event('x', 'dud', 'click', { time: Date.UTC(2099, 0, 1) }),
    ]);
    const { warnings } = await recommender!.train();
    expect(warnings).toEqual([
      expect.stringContaining('1 events are dated later than now, the latest 2099-01-01T00:00:00.000Z'),
    ]);
    const { items } = await recommender!.recommend({ target: { user: 'nobody' }, n: 1 });
    expect(items[0]).toMatchObject({ id: 'hit', score: expect.any(Number) });
  });

  it('is named by the training that it spoils', async () => {
    await open({
      models: { m: { use: 'als', config: { feedback: 'explicit', factors: 4 } } },
      pipelines: { home: { candidates: [{ model: 'm', n: 9 }] } },
    });
    await recommender!.store.recordEvents([
      ...Array.from({ length: 200 }, (_, k) =>
        event(`u${k % 20}`, `i${(k * 7) % 15}`, 'rating', { value: 1 + (k % 5) }),
      ),
      event('u1', 'i3', 'rating', { value: 1e30 }),
    ]);
    await expect(recommender!.train()).rejects.toMatchObject({
      code: 'NOT_FINITE',
      message: expect.stringMatching(
        /value 1\.\d+e\+30 of type "rating" by user "u1" on item "i3", where the median is 3/,
      ),
    });
  });
});

describe('labels of a click log', () => {
  const log = Array.from({ length: 200 }, (_, k) =>
    event(`u${k % 20}`, `i${(k * 7 + Math.floor(k / 20)) % 40}`, 'shown', { value: k % 3 === 0 ? 1 : 0 }),
  );

  it('are refused before anything is trained where no rule says which are positives, with what to write', async () => {
    await open({});
    await recommender!.recordEvents(log);
    await expect(recommender!.train()).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining("data.feedback: { shown: { kind: 'explicit', min: 1 } }"),
    });
  });

  it('are trained on with a rule', async () => {
    await open({ data: { feedback: { shown: { kind: 'explicit', min: 1 } } } });
    await recommender!.recordEvents(log);
    expect((await recommender!.train()).warnings).toEqual([]);
  });
});

describe('items that events name and the catalogue does not', () => {
  it('are kept apart where the config names a catalogue, and reported', async () => {
    await writeFile(join(folder, 'items.csv'), 'id,title\na,Apple\nb,Pear\n');
    await open({
      data: { items: { path: join(folder, 'items.csv'), format: 'csv', columns: { id: 'id', title: 'title' } } },
    });
    await recommender!.import();
    const outcomes = await recommender!.recordEvents([
      event('u1', 'a', 'click'),
      event('u1', 'nonsense', 'click'),
      event('u2', 'nonsense', 'click'),
    ]);
    expect(outcomes[1]).toEqual({ status: 'accepted', remarks: ['UNKNOWN_ITEM'] });
    await recommender!.train();
    expect(await ids('nobody')).toEqual(['a', 'b']);
    expect(await recommender!.items(['nonsense'])).toMatchObject([{ available: false, listed: false }]);
    await recommender!.upsertItems([{ id: 'nonsense', title: 'Not so' }]);
    expect(await ids('nobody')).toEqual(['nonsense', 'a', 'b']);
  });

  it('are recommended where the config says so, and where there is no catalogue', async () => {
    await open({ data: { unlisted: 'recommend' } });
    await recommender!.upsertItems([{ id: 'a' }, { id: 'b' }]);
    await recommender!.recordEvents([event('u1', 'c', 'click')]);
    await recommender!.train();
    expect(await ids('nobody')).toContain('c');
  });

  it('are told of by an import whose files write ids differently', async () => {
    await writeFile(join(folder, 'items.csv'), 'id,title\n101,Apple\n102,Pear\n');
    await writeFile(join(folder, 'a.csv'), 'user,item\nu1,101.0\nu2,102.0\n');
    await open({
      data: {
        interactions: { path: join(folder, 'a.csv'), format: 'csv', columns: { user: 'user', item: 'item' } },
        items: { path: join(folder, 'items.csv'), format: 'csv', columns: { id: 'id', title: 'title' } },
      },
    });
    expect((await recommender!.import()).warnings).toEqual([
      expect.stringContaining('2 of 4 items are named by events and not in the catalogue (101.0, 102.0)'),
    ]);
  });
});

it('more event types than a store holds are refused one by one, and what is there still trains', async () => {
  await open({ data: { feedback: { buy: { kind: 'implicit' } } } });
  await recommender!.recordEvents([event('u1', 'a', 'buy')]);
  const made = Array.from({ length: 300 }, (_, k) => event('u', 'b', `type-${k}`));
  const outcomes = await recommender!.recordEvents(made);
  expect(outcomes.filter(({ status }) => status === 'accepted')).toHaveLength(249);
  expect(outcomes[299]).toMatchObject({ status: 'rejected', message: expect.stringContaining('250 event types') });
  const [long] = await recommender!.recordEvents([event('u', 'b', 'x'.repeat(200))]);
  expect(long).toMatchObject({ status: 'rejected', message: 'type is longer than 128 bytes' });
  expect((await recommender!.recordEvents([event('u2', 'a', 'buy')]))[0]).toEqual({ status: 'accepted' });
  expect((await recommender!.train()).active).toBe(true);
});
