import type { Component, FittedRanker, LabelledGroups, RankingGroups } from 'recograph';
import { createRng } from 'recograph/math';
import { type ConformanceOptions, checksOf, fitOptions } from './bench.ts';
import { type Check, describeError, expectArray, expectThat, without } from './check.ts';
import { difference, ROUNDING } from './compare.ts';
import { configChecks } from './config.ts';
import { type Fitting, fitOn, fitOrRefuse } from './fitting.ts';
import { fittingChecks } from './fitting-checks.ts';

export interface RankerConformanceOptions extends ConformanceOptions {
  /** Names of the feature columns; the first one tells the chosen candidate. Default: three. */
  readonly columns?: readonly string[];
}

const COLUMNS = ['model.score', 'model.rank', 'item.price'];
const GROUPS = 40;
const SIZE = 6;

/**
 * The checks of a ranker component; run them as `modelConformance` shows. Where the config has a key `features` and none
 * is given, it names the columns.
 */
export const rankerConformance = (component: Component<'ranker'>, given: RankerConformanceOptions = {}): Check[] => {
  const columns = given.columns ?? COLUMNS;
  const named = 'shape' in component.schema && 'features' in Object(component.schema.shape);
  const options = { ...given, config: { ...(named && { features: columns }), ...given.config } };
  const training = separable(columns, 1);
  const fitTo = (groups: LabelledGroups): Fitting<'ranker', FittedRanker, RankingGroups> => ({
    check: checksOf(component, options),
    fit: (bench, _data, inputs, fitOptions) => bench.create().fit(groups, inputs, fitOptions),
    restore: (bench, state, inputs) => bench.create().restore(state, inputs),
    questions: () => groups,
    answers: async (fitted, questions) => ({ scores: await scoresOf(fitted, questions) }),
  });
  const kind = fitTo(training);
  const check = (name: string, run: (fitted: FittedRanker) => Promise<void>): Check =>
    kind.check(name, async (bench) => run(await fitOn(kind, bench)));
  const edge = (name: string, situation: string, groups: LabelledGroups): Check => {
    const edged = fitTo(groups);
    return kind.check(name, async (bench) => {
      const fitted = await fitOrRefuse(edged, bench, bench.data, situation);
      if (fitted) await scoresOf(fitted, training);
    });
  };
  return [
    ...configChecks(component, options),
    ...fittingChecks(kind),
    check('rank: learns what tells the chosen candidate', async (fitted) => {
      const groups = separable(columns, 2);
      const scores = await scoresOf(fitted, groups);
      let right = 0;
      for (let g = 0; g < GROUPS; g++) {
        const own = scores.subarray(g * SIZE, (g + 1) * SIZE);
        if (groups.labels[g * SIZE + own.indexOf(Math.max(...own))]! > 0) right++;
      }
      expectThat(right >= 0.9 * GROUPS, () => ({
        expected: `the chosen candidate, whose "${columns[0]}" is highest, first in at least ${0.9 * GROUPS} of ${GROUPS} new groups`,
        seen: `it first in ${right}`,
        fix: 'larger scores must mean better; give the kit a config that fits 240 candidates (more epochs, less regularization).',
      }));
    }),
    check('score: a finite number for every candidate', async (fitted) => {
      const groups = separable(columns, 2, false);
      const scores = await scoresOf(fitted, groups);
      expectThat(scores.every(Number.isFinite), () => ({
        expected: 'a finite score where no feature is missing',
        seen: `${scores.find((score) => !Number.isFinite(score))}`,
        fix: 'check what fit learned: a weight may be NaN.',
      }));
    }),
    check('score: a Float32Array', async (fitted) => {
      expectArray(await scoresOf(fitted, training), Float32Array, 'score()');
    }),
    check('score: a group alone is answered as among others', async (fitted) => {
      const groups = separable(columns, 2);
      const together = await scoresOf(fitted, groups);
      for (let g = 0; g < 5; g++) {
        const rows = Array.from({ length: SIZE }, (_, k) => g * SIZE + k);
        await expectSame(fitted, pickRows(groups, rows), together, rows, 'a group alone');
      }
    }),
    check('score: the order of the candidates does not matter', async (fitted) => {
      const groups = separable(columns, 2);
      const together = await scoresOf(fitted, groups);
      const rows = Array.from({ length: GROUPS * SIZE }, (_, k) => k - (k % SIZE) + ((k + 2) % SIZE));
      const turned = { ...pickRows(groups, rows), offsets: groups.offsets };
      await expectSame(fitted, turned, together, rows, 'candidates in another order');
    }),
    check('score: missing features', async (fitted) => {
      const groups = separable(columns, 2);
      const data = new Float32Array(groups.features.data.length).fill(Number.NaN);
      await scoresOf(fitted, { ...groups, features: { ...groups.features, data } });
    }),
    check('score: no groups, empty groups', async (fitted) => {
      await scoresOf(fitted, pickRows(training, []));
      await scoresOf(fitted, { ...pickRows(training, []), offsets: new Uint32Array(1) });
    }),
    edge('data: nothing chosen', 'groups without a positive label', {
      ...training,
      labels: new Float32Array(training.labels.length),
    }),
    edge('data: empty', 'no groups', {
      ...pickRows(training, []),
      offsets: new Uint32Array(1),
      labels: new Float32Array(0),
    }),
    edge('data: one group', 'one candidate in one group', { ...pickRows(training, [0]), labels: Float32Array.of(1) }),
    kind.check('data: NaN labels spoil nothing', async (bench) => {
      const labels = training.labels.slice();
      labels[0] = Number.NaN;
      const fit = bench.create().fit({ ...training, labels }, await bench.inputs(bench.data), fitOptions());
      const fitted = await fit.catch((error: unknown) => {
        expectThat(error instanceof Error && 'code' in error, () => ({
          expected: 'a RecographError such as NOT_FINITE for a label that is NaN, or a ranker that leaves it out',
          seen: describeError(error),
          fix: "throw new RecographError('NOT_FINITE', ...).",
        }));
        return undefined;
      });
      const scores = fitted ? await scoresOf(fitted, separable(columns, 2, false)) : new Float32Array(0);
      expectThat(scores.every(Number.isFinite), () => ({
        expected: 'finite scores after fitting with one label NaN, or its refusal',
        seen: 'NaN',
        fix: 'refuse labels that are not finite with NOT_FINITE, or leave them out.',
      }));
    }),
  ];
};

/** One chosen candidate a group, its first column above all others'; elsewhere noise, a fifth of it missing. */
const separable = (columns: readonly string[], seed: number, missing = true): LabelledGroups => {
  const rng = createRng(seed).fork('ranking groups');
  const rows = GROUPS * SIZE;
  const labels = new Float32Array(rows);
  for (let g = 0; g < GROUPS; g++) labels[g * SIZE + rng.int(SIZE)] = 1;
  const data = Float32Array.from({ length: rows * columns.length }, (_, k) => {
    const row = Math.floor(k / columns.length);
    if (k % columns.length === 0) return rng.next() + 2 * labels[row]!;
    const value = rng.normal();
    return missing && rng.next() < 0.2 ? Number.NaN : value;
  });
  return {
    offsets: Uint32Array.from({ length: GROUPS + 1 }, (_, g) => g * SIZE),
    features: { rows, columns: columns.length, data },
    columns,
    labels,
  };
};

/** These candidates as one group. */
const pickRows = ({ features, columns }: RankingGroups, rows: readonly number[]): RankingGroups => {
  const width = columns.length;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, r) => {
    data.set(features.data.subarray(row * width, (row + 1) * width), r * width);
  });
  return { offsets: Uint32Array.of(0, rows.length), features: { rows: rows.length, columns: width, data }, columns };
};

const scoresOf = async (fitted: FittedRanker, groups: RankingGroups): Promise<Float32Array> => {
  const { rows } = groups.features;
  const scores = await without(`score() of ${rows} candidates`, () => fitted.score(groups));
  const infinite = scores.some((score) => Math.abs(score) === Number.POSITIVE_INFINITY);
  expectThat(scores.length === rows && !infinite, () => ({
    expected: `${rows} scores for ${rows} candidates, finite or NaN`,
    seen: infinite ? 'an infinite one' : `${scores.length}`,
    fix: 'give one score a row of features.',
  }));
  return scores;
};

/** `asked` holds these rows of what was scored together. */
const expectSame = async (
  fitted: FittedRanker,
  asked: RankingGroups,
  together: Float32Array,
  rows: readonly number[],
  situation: string,
): Promise<void> => {
  const scores = await scoresOf(fitted, asked);
  const wanted = Float32Array.from(rows, (row) => together[row]!);
  const found = difference({ scores: wanted }, { scores }, ROUNDING);
  expectThat(found === undefined, () => ({
    expected: `${situation} to get the scores that they get otherwise`,
    seen: `${found}`,
    fix: 'score a candidate by its own group alone, whatever its place in it.',
  }));
};
