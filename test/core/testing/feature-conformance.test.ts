import {
  defineFeature,
  type FeatureRows,
  gatherFeatures,
  type ItemExtractor,
  RecographError,
  throwIfCancelled,
} from 'recograph';
import { conformanceData, featureConformance } from 'recograph/testing';
import { expect, it } from 'vitest';
import { expectFailures } from './only-fails.ts';

interface Breach {
  readonly fitted?: (good: ItemExtractor) => ItemExtractor;
  readonly refuse?: (users: number, items: number) => boolean;
  readonly restoredScale?: number;
}

/** A brand's place, scaled by a seeded number, and a constant; NaN without a brand. */
const toyFeature = ({ fitted = (good) => good, refuse = () => false, restoredScale }: Breach = {}) =>
  defineFeature({
    type: 'toy',
    create: () => ({
      fit: async (data, _inputs, { rng, signal, report }) => {
        throwIfCancelled(signal);
        if (refuse(data.users.size, data.items.size)) throw new TypeError('an accident');
        if (data.items.size === 0) throw new RecographError('DATA_EMPTY', 'No items.');
        report({ epoch: 1, epochs: 1 });
        return fitted(extractor(1 + rng.next()));
      },
      restore: ({ json }) => fitted(extractor(restoredScale ?? (json as number))),
    }),
  });

const extractor = (scale: number): ItemExtractor => ({
  subject: 'item',
  width: 2,
  labels: ['brand', 'one'],
  extract: async ({ rows, columns }: FeatureRows) => {
    const { brand } = columns;
    const codes = brand?.kind === 'categorical' ? brand.codes : new Int32Array(rows);
    const data = Float32Array.from({ length: rows * 2 }, (_, k) => {
      const code = codes[k >> 1]!;
      return code === 0 ? Number.NaN : k % 2 === 0 ? scale * code : 1;
    });
    return { rows, columns: 2, data };
  },
  state: () => ({ json: scale, tensors: {} }),
});

const checksOf = (breach: Breach = {}) =>
  featureConformance(toyFeature(breach), { data: conformanceData(3, { users: 10, items: 8 }) });

const extracting =
  (change: (data: Float32Array, items: FeatureRows) => void) =>
  (good: ItemExtractor): ItemExtractor => ({
    ...good,
    extract: async (items) => {
      const matrix = await good.extract(items);
      change(matrix.data, items);
      return matrix;
    },
  });

const BREACHES: Readonly<Record<string, Breach>> = {
  'state: a restored one answers as the one that was saved': { restoredScale: 1 },
  'inputs: nothing given is changed': {
    fitted: extracting((_data, { columns }) => {
      if (columns.price?.kind === 'dense') columns.price.values.fill(0);
    }),
  },
  'extract: some rows have a vector': { fitted: (good) => ({ ...good, labels: ['one'] }) },
  'extract: a Float32Array': {
    fitted: (good) => ({
      ...good,
      extract: async (items) => {
        const { rows, columns, data } = await good.extract(items);
        return { rows, columns, data: Float64Array.from(data) as never };
      },
    }),
  },
  'extract: the same features give the same vector': {
    fitted: extracting((data, { rows }) => {
      if (rows === 1) data.set(data.map((value) => value * 2));
    }),
  },
  'extract: nothing asked, nothing answered': {
    fitted: extracting((_data, { rows }) => {
      if (rows === 0) throw new TypeError('no rows');
    }),
  },
  'extract: missing and unseen features': {
    fitted: extracting((_data, { columns }) => {
      const { brand } = columns;
      if (brand?.kind === 'categorical' && brand.codes.includes(1)) throw new TypeError('unseen');
    }),
  },
  'data: empty': { refuse: (_users, items) => items === 0 },
  'data: one item': { refuse: (_users, items) => items === 1 },
  'data: one user': { refuse: (users) => users === 1 },
};

it('passes a feature that keeps its contract', () => expectFailures(checksOf(), []));

it('has a broken feature for each check of its own', () => {
  const names = checksOf().map(({ name }) => name);
  const own = names.filter((name) => name.startsWith('extract') || name.startsWith('data'));
  expect(Object.keys(BREACHES)).toEqual(expect.arrayContaining(own));
});

for (const [name, breach] of Object.entries(BREACHES)) {
  it(`fails a feature by "${name}" alone`, () => expectFailures(checksOf(breach), [name]));
}

it('fails a feature wherever a row is half NaN', async () => {
  const half = extracting((data) => data.fill(Number.NaN, 3, 4));
  const failed = await Promise.all(
    checksOf({ fitted: half }).map(({ name, run }) =>
      run().then(
        () => undefined,
        () => name,
      ),
    ),
  );
  expect(failed).toContain('extract: some rows have a vector');
});

it('asks an extractor of users with queries', async () => {
  const ofUsers = defineFeature({
    type: 'segment',
    create: () => {
      const fitted = {
        subject: 'user' as const,
        width: 1,
        extract: async ({ size, userFeatures }: { size: number; userFeatures: FeatureRows }) => {
          const { columns } = gatherFeatures(
            userFeatures,
            Array.from({ length: size }, (_, q) => q),
          );
          const codes = columns.segment?.kind === 'categorical' ? columns.segment.codes : new Int32Array(size);
          return { rows: size, columns: 1, data: Float32Array.from(codes) };
        },
        state: () => ({ json: null, tensors: {} }),
      };
      return {
        fit: async (_data, _inputs, { signal, report }) => {
          throwIfCancelled(signal);
          report({ epoch: 1, epochs: 1 });
          return fitted;
        },
        restore: () => fitted,
      };
    },
  });
  await expectFailures(featureConformance(ofUsers), []);
});
