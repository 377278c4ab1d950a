import fc from 'fast-check';
import { createRng } from 'recograph/math';
import { describe, expect, it } from 'vitest';
import {
  checkLeaks,
  givenParts,
  leaveLastOut,
  type PartEvents,
  type Parts,
  randomSplit,
  splitDataset,
  temporalSplit,
} from '../../../core/evaluation/index.ts';
import { dataset, type Event, parts } from './support.ts';

const pairs = ({ interactions }: Parts['train']): string[] =>
  Array.from(interactions.users, (user, k) => `${user}:${interactions.items[k]}`);

const rng = () => createRng(3);

describe('splits of imported events', () => {
  // u0: 0 1 2 3 in time order, u1: 1 at the same time as u0's 2, u2: 4 5
  const events: Event[] = [
    [0, 3, 1, 40],
    [0, 0, 1, 10],
    [0, 1, 1, 20],
    [0, 2, 1, 30],
    [1, 1, 1, 30],
    [2, 4, 1, 5],
    [2, 5, 1, 15],
  ];
  const data = dataset(3, 6, events);

  it('leaves the last events of each user out, keeping one to learn from', () => {
    const [split] = splitDataset(data, leaveLastOut({ last: 1, validation: 1 }), rng());
    expect(pairs(split!.test)).toEqual(['0:3', '2:5']);
    expect(pairs(split!.validation)).toEqual(['0:2']);
    expect(pairs(split!.train)).toEqual(['0:0', '0:1', '1:1', '2:4']);
  });

  it('keeps vocabulary and event ids', () => {
    const [split] = splitDataset(data, leaveLastOut({ last: 1, validation: 0 }), rng());
    expect(split!.test.items).toBe(data.items);
    expect([...split!.test.interactions.eventIds]).toEqual([0, 6]);
    expect([...split!.test.interactions.userOffsets]).toEqual([0, 1, 1, 2]);
  });

  it('cuts at a time and never within one millisecond', () => {
    const [at] = splitDataset(data, temporalSplit({ at: 30, test: 0.2, validation: 0 }), rng());
    expect(pairs(at!.test)).toEqual(['0:2', '0:3', '1:1']);
    // round(.29 * 7) = 2 newest: 40 and 30, and the other event at 30
    const [share] = splitDataset(data, temporalSplit({ test: 0.29, validation: 0.15 }), rng());
    expect(pairs(share!.test)).toEqual(['0:2', '0:3', '1:1']);
    expect(pairs(share!.validation)).toEqual(['0:1']);
    const [iso] = splitDataset(data, temporalSplit({ at: '1970-01-01T00:00:00.040Z', test: 0, validation: 0 }), rng());
    expect(pairs(iso!.test)).toEqual(['0:3']);
  });

  it('refuses to cut by time what has no times', () => {
    const timeless = dataset(1, 2, [
      [0, 0],
      [0, 1],
    ]);
    expect(() => splitDataset(timeless, temporalSplit({ test: 0.5, validation: 0 }), rng())).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID' }),
    );
  });

  it('draws random parts of the asked sizes, without overlap, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(2 ** 31), fc.constantFrom(0, 0.1, 0.3), (n, seed, share) => {
        const rows = dataset(
          3,
          5,
          Array.from({ length: n }, (_, k): Event => [k % 3, k % 5]),
        );
        const split = () => randomSplit({ test: 0.2, validation: share }).split(rows.interactions, createRng(seed))[0]!;
        const { train, validation, test } = split();
        expect([test.length, validation.length]).toEqual([Math.round(n * 0.2), Math.round(n * share)]);
        const all = [...train, ...validation, ...test].sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: n }, (_, k) => k));
        expect(split()).toEqual({ train, validation, test });
      }),
      { numRuns: 50 },
    );
  });
});

describe('given parts', () => {
  const files: Record<string, PartEvents> = {
    a: { file: 'a', users: ['x', 'y'], items: ['p', 'q'] },
    b: { file: 'b', users: ['y', 'z'], items: ['r', 'p'] },
  };
  const read = (name: string) => files[name]!;

  it('share the union of their ids', async () => {
    const [split] = await givenParts([{ train: 'a', test: 'b' }], read);
    const { train, validation, test } = split!;
    expect([0, 1, 2].map((u) => train.users.id(u))).toEqual(['x', 'y', 'z']);
    expect([0, 1, 2].map((i) => test.items.id(i))).toEqual(['p', 'q', 'r']);
    expect([pairs(train), pairs(validation), pairs(test)]).toEqual([['0:0', '1:1'], [], ['1:2', '2:0']]);
    expect(checkLeaks(split!)).toEqual([]);
  });

  it('are refused when one line of one file stands in train and test', async () => {
    const [split] = await givenParts([{ train: 'a', test: 'a' }], read);
    expect(() => checkLeaks(split!)).toThrow(
      expect.objectContaining({ code: 'LEAK', message: expect.stringContaining('2 events') }),
    );
  });
});

describe('equal content in train and test', () => {
  it('is a warning with a count, since it may be chance', () => {
    const twice: Event = [0, 1, 1, 50, 4];
    const split = parts(2, 3, {
      train: [twice, [0, 2, 1, 50, 4]],
      test: [twice, twice, [0, 1, 1, 51, 4], [1, 2, 1, 50, 4]],
    });
    expect(checkLeaks(split)).toEqual([expect.stringMatching(/^2 test events equal/)]);
  });
});
