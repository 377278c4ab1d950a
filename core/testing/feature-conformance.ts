import type { Component, Dataset, FeatureRows, FittedExtractor, Matrix, QueryBatch } from 'recograph';
import { gatherFeatures } from 'recograph';
import { type Bench, type ConformanceOptions, checksOf } from './bench.ts';
import { type Check, expectArray, expectThat, without } from './check.ts';
import { difference, ROUNDING } from './compare.ts';
import { configChecks } from './config.ts';
import { type Fitting, fitOn, fitOrRefuse } from './fitting.ts';
import { fittingChecks } from './fitting-checks.ts';
import { missingFeatures, unseenFeatures } from './missing.ts';
import { askersOf, asStrangers, pickQueries, withoutHistory } from './questions.ts';
import { firstOf } from './variants.ts';

interface Questions {
  readonly items: FeatureRows;
  readonly queries: QueryBatch;
}

/** The checks of a feature component, over items or over users; run them as `modelConformance` shows. */
export const featureConformance = (component: Component<'feature'>, options: ConformanceOptions = {}): Check[] => {
  const kind: Fitting<'feature', FittedExtractor, Questions> = {
    check: checksOf(component, options),
    fit: (bench, data, inputs, fitOptions) => bench.create().fit(data, inputs, fitOptions),
    restore: (bench, state, inputs) => bench.create().restore(state, inputs),
    questions: (data, { extra }) => ({ items: data.itemFeatures, queries: askersOf(data, extra) }),
    answers: async (fitted, questions) => ({ vectors: (await extract(fitted, questions)).data }),
  };
  type Run = (fitted: FittedExtractor, questions: Questions, bench: Bench<'feature'>) => Promise<void>;
  const check = (name: string, run: Run): Check =>
    kind.check(name, async (bench) => run(await fitOn(kind, bench), kind.questions(bench.data, bench), bench));
  const edge = (name: string, situation: string, of: (data: Dataset) => Dataset): Check =>
    kind.check(name, async (bench) => {
      const data = of(bench.data);
      const fitted = await fitOrRefuse(kind, bench, data, situation);
      if (fitted) await extract(fitted, kind.questions(data, bench));
    });
  return [
    ...configChecks(component, options),
    ...fittingChecks(kind),
    check('extract: some rows have a vector', async (fitted, questions) => {
      const { data } = await extract(fitted, questions);
      const labels = fitted.labels?.length ?? fitted.width;
      expectThat(data.some(Number.isFinite) && labels === fitted.width, () => ({
        expected: `rows of ${fitted.width} numbers, some of them finite, and as many labels where there are any`,
        seen: data.some(Number.isFinite) ? `${labels} labels` : 'NaN alone',
        fix: 'name columns that the data has in the config given to the kit, or give it data that suits: { data }.',
      }));
    }),
    check('extract: a Float32Array', async (fitted, questions) => {
      expectArray((await extract(fitted, questions)).data, Float32Array, 'extract().data');
    }),
    check('extract: the same features give the same vector', async (fitted, questions) => {
      const all = await extract(fitted, questions);
      const rows = Array.from({ length: all.rows }, (_, k) => (k * 5 + 3) % all.rows);
      for (const places of [rows, ...rows.map((row) => [row])]) {
        const some = await extract(fitted, pick(questions, places));
        const wanted = Float32Array.from(some.data, (_, k) => {
          const row = places[Math.floor(k / all.columns)]!;
          return all.data[row * all.columns + (k % all.columns)]!;
        });
        const found = difference({ vectors: wanted }, { vectors: some.data }, ROUNDING);
        expectThat(found === undefined, () => ({
          expected: `rows [${places.join(', ')}] to get the vectors that they get among all the others`,
          seen: `${found}`,
          fix: 'compute each vector from its own row and what fit learned; new items come through this door too.',
        }));
      }
    }),
    check('extract: nothing asked, nothing answered', async (fitted, questions) => {
      await extract(fitted, pick(questions, []));
    }),
    check('extract: missing and unseen features', async (fitted, { items, queries }) => {
      const strangers = withoutHistory(asStrangers(queries));
      for (const blank of [missingFeatures, unseenFeatures]) {
        const userFeatures = blank(queries.userFeatures);
        await extract(fitted, {
          items: blank(items),
          queries: { ...strangers, userFeatures, context: blank(queries.context) },
        });
      }
    }),
    edge('data: empty', 'no users, items and events at all', (data) => firstOf(data, { users: 0, items: 0 })),
    edge('data: one item', 'one item', (data) => firstOf(data, { items: 1 })),
    edge('data: one user', 'one user', (data) => firstOf(data, { users: 1 })),
  ];
};

const pick = ({ items, queries }: Questions, rows: readonly number[]): Questions => {
  const within = (size: number) => rows.map((row) => row % size);
  return {
    items: gatherFeatures(items, within(items.rows)),
    queries: pickQueries(queries, within(queries.size)),
  };
};

/** Vectors of the fitted width, each finite or NaN as a whole. */
const extract = async (fitted: FittedExtractor, { items, queries }: Questions): Promise<Matrix> => {
  const asked = fitted.subject === 'item' ? items.rows : queries.size;
  const matrix = await without(`extract() of ${asked} ${fitted.subject}s`, () =>
    fitted.subject === 'item' ? fitted.extract(items) : fitted.extract(queries),
  );
  const { rows, columns, data } = matrix;
  expectThat(rows === asked && columns === fitted.width && data.length === rows * columns, () => ({
    expected: `[${asked} x ${fitted.width}] numbers for ${asked} ${fitted.subject}s`,
    seen: `[${rows} x ${columns}] with ${data.length} numbers`,
    fix: 'give one row of `width` numbers for each row asked.',
  }));
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * columns, (row + 1) * columns);
    const finite = own.filter(Number.isFinite).length;
    expectThat(finite === columns || own.every(Number.isNaN), () => ({
      expected: 'a row of finite numbers, or of NaN where there is nothing to extract from',
      seen: `row ${row}: ${[...own.subarray(0, 8)].join(', ')}`,
      fix: 'treat a missing number as such (impute it, or make the row NaN); divide by no zero length.',
    }));
  }
  return matrix;
};
