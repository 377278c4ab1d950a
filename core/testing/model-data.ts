import type { Dataset, FittedModel } from 'recograph';
import type { Bench } from './bench.ts';
import { type Check, expectThat, without } from './check.ts';
import { fitOn, fitOrRefuse } from './fitting.ts';
import { expectLists, noLimits } from './limits.ts';
import type { ModelFitting } from './model-conformance.ts';
import { scoresOf } from './model-scores.ts';
import { allItems, askersOf, asStrangers } from './questions.ts';
import { firstOf, withoutValuesOf } from './variants.ts';

/** Data at the edges: nothing, one of a kind, missing values. */
export const dataChecks = (kind: ModelFitting): Check[] => {
  const edge = (name: string, situations: (data: Dataset) => readonly (readonly [string, Dataset])[]): Check =>
    kind.check(name, async (bench) => {
      for (const [situation, data] of situations(bench.data)) {
        const model = await fitOrRefuse(kind, bench, data, situation);
        if (model) await expectAnswers(model, data, bench, situation);
      }
    });
  return [
    edge('data: empty', (data) => [
      ['users and items without events', firstOf(data, { events: false })],
      ['no users, items and events at all', firstOf(data, { users: 0, items: 0 })],
    ]),
    edge('data: one user', (data) => [['one user', firstOf(data, { users: 1 })]]),
    edge('data: one item', (data) => [['one item', firstOf(data, { items: 1 })]]),
    kind.check('data: NaN values spoil nothing', async (bench) => {
      const { data } = bench;
      const clean = await scoresOf(await fitOn(kind, bench), askersOf(data, bench.extra), allItems(data), 'all users');
      const spoilt = withoutValuesOf(data, 0);
      const model = await fitOrRefuse(kind, bench, spoilt, 'values that are NaN');
      if (!model) return;
      const scores = await scoresOf(model, askersOf(spoilt, bench.extra), allItems(spoilt), 'all users');
      const lost = scores.findIndex(
        (score, k) => k >= data.items.size && Number.isNaN(score) && !Number.isNaN(clean[k]!),
      );
      expectThat(lost < 0, () => ({
        expected: "NaN among one user's values to leave the others' scores finite",
        seen: `NaN for user ${Math.floor(lost / data.items.size)} and item ${lost % data.items.size}`,
        fix: 'leave events without a value out (Number.isNaN(values[k])), before anything is summed.',
      }));
    }),
  ];
};

const expectAnswers = async (
  model: FittedModel,
  data: Dataset,
  { extra }: Bench<'model'>,
  situation: string,
): Promise<void> => {
  const queries = askersOf(data, extra);
  for (const [who, asked] of [
    ['known users', queries],
    ['unknown users', asStrangers(queries)],
  ] as const) {
    await scoresOf(model, asked, allItems(data), `${who} after fitting on ${situation}`);
    if (!model.recommend) continue;
    const lists = await without(`recommend() to ${who} after fitting on ${situation}`, () =>
      model.recommend!(asked, 5, noLimits(asked.size)),
    );
    expectLists(lists, asked.size, 5, `recommend() after fitting on ${situation}`);
  }
};
