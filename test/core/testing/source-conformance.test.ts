import {
  defineSource,
  type FittedSource,
  type Limits,
  limitOf,
  type QueryBatch,
  RecographError,
  throwIfCancelled,
} from 'recograph';
import { createRng, topK } from 'recograph/math';
import { conformanceData, sourceConformance } from 'recograph/testing';
import { expect, it } from 'vitest';
import { expectFailures } from './only-fails.ts';

interface Breach {
  readonly recommend?: (good: FittedSource['recommend']) => FittedSource['recommend'];
  readonly refuse?: (users: number, items: number) => boolean;
}

/** Items in an order of each query's own, by its seed. */
const toySource = ({ recommend = (good) => good, refuse = () => false }: Breach = {}) => {
  const fitted = (items: number): FittedSource => ({
    recommend: recommend(async ({ size, seeds }: QueryBatch, n: number, limits: Limits) =>
      Array.from({ length: size }, (_, q) => {
        const rng = createRng(seeds[q]!);
        const allowed = limitOf(limits, q);
        const scores = Float32Array.from({ length: items }, () => rng.next());
        return topK(
          scores.map((score, item) => (allowed(item) ? score : Number.NaN)),
          n,
        );
      }),
    ),
    state: () => ({ json: items, tensors: {} }),
  });
  return defineSource({
    type: 'toy',
    create: () => ({
      fit: async (data, _inputs, { signal, report }) => {
        throwIfCancelled(signal);
        if (refuse(data.users.size, data.items.size)) throw new TypeError('an accident');
        if (data.items.size === 0) throw new RecographError('DATA_EMPTY', 'No items.');
        report({ epoch: 1, epochs: 1 });
        return fitted(data.items.size);
      },
      restore: ({ json }) => fitted(json as number),
    }),
  });
};

const checksOf = (breach: Breach = {}) =>
  sourceConformance(toySource(breach), { data: conformanceData(3, { users: 10, items: 8 }) });

const BREACHES: Readonly<Record<string, Breach>> = {
  'recommend: ranked lists': { recommend: (good) => (queries, n, limits) => good(queries, Math.max(1, n), limits) },
  'recommend: obeys exclude and allow': {
    recommend:
      (good) =>
      (queries, n, { exclude }) =>
        good(queries, n, { exclude }),
  },
  'recommend: a query alone is answered as in a batch': {
    recommend: (good) => (queries, n, limits) => good(queries, queries.size === 1 && n > 1 ? n - 1 : n, limits),
  },
  'data: empty': { refuse: (_users, items) => items === 0 },
  'data: one item': { refuse: (_users, items) => items === 1 },
  'data: one user': { refuse: (users) => users === 1 },
};

it('passes a source that keeps its contract', () => expectFailures(checksOf(), []));

it('has a broken source for each check of its own', () => {
  const names = checksOf().map(({ name }) => name);
  expect(Object.keys(BREACHES)).toEqual(names.filter((name) => /^(recommend|data):/.test(name)));
});

for (const [name, breach] of Object.entries(BREACHES)) {
  it(`fails a source by "${name}" alone`, () => expectFailures(checksOf(breach), [name]));
}
