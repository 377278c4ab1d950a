import type { FittedModel } from 'recograph';
import type { Bench } from './bench.ts';
import { type Check, expectThat } from './check.ts';
import { difference, ROUNDING } from './compare.ts';
import { fitOn } from './fitting.ts';
import type { ModelFitting } from './model-conformance.ts';
import { scoresOf } from './model-scores.ts';
import {
  allItems,
  askersOf,
  asStrangers,
  distinctHistory,
  inContext,
  newItems,
  withOthersFeatures,
  withOthersHistory,
  withoutHistory,
} from './questions.ts';

const differ = (a: Float32Array, b: Float32Array): boolean =>
  difference({ scores: a }, { scores: b }, ROUNDING) !== undefined;

/** What a fitted model says of itself, held against what it does. */
export const capabilityChecks = (kind: ModelFitting): Check[] => {
  const check = (name: string, run: (model: FittedModel, bench: Bench<'model'>) => Promise<void>): Check =>
    kind.check(name, async (bench) => run(await fitOn(kind, bench), bench));
  return [
    check('capabilities.coldUsers: history', async (model, { data, extra }) => {
      if (!model.capabilities.coldUsers.includes('history')) return;
      const strangers = asStrangers(askersOf(data, extra));
      const own = await scoresOf(model, strangers, allItems(data), 'unknown users with a history');
      const others = await scoresOf(model, withOthersHistory(strangers), allItems(data), 'other histories');
      expectThat(own.some(Number.isFinite) && differ(own, others), () => ({
        expected: 'unknown users to get scores that depend on their histories, as coldUsers ["history"] says',
        seen: own.some(Number.isFinite) ? 'the same scores whatever the history' : 'NaN alone',
        fix: 'score users with index -1 from queries.histories, or take "history" out of capabilities.coldUsers.',
      }));
    }),
    check('capabilities.coldUsers: attributes', async (model, { data, extra }) => {
      if (!model.capabilities.coldUsers.includes('attributes')) return;
      const strangers = withoutHistory(asStrangers(askersOf(data, extra)));
      const own = await scoresOf(model, strangers, allItems(data), 'unknown users with attributes');
      const others = await scoresOf(model, withOthersFeatures(strangers), allItems(data), 'other attributes');
      expectThat(own.some(Number.isFinite) && differ(own, others), () => ({
        expected: 'unknown users to get scores that depend on their features, as coldUsers ["attributes"] says',
        seen: own.some(Number.isFinite) ? 'the same scores whatever the features' : 'NaN alone',
        fix: 'score users with index -1 from queries.userFeatures, or take "attributes" out of capabilities.coldUsers.',
      }));
    }),
    check('capabilities.coldUsers: alike', async (model, { data, extra }) => {
      if (!model.capabilities.coldUsers.includes('alike')) return;
      const queries = askersOf(data, extra);
      const items = allItems(data);
      const known = await scoresOf(model, queries, items, 'known users');
      const nobody = await scoresOf(model, withoutHistory(asStrangers(queries)), items, 'unknown users');
      const first = known.subarray(0, items.indices.length);
      const alike = known.every((score, k) => Object.is(score, first[k % items.indices.length]));
      expectThat(alike && !differ(known, nobody), () => ({
        expected: 'everybody to get the same scores, as coldUsers ["alike"] says',
        seen: 'scores that depend on who asks',
        fix: 'name what they depend on in capabilities.coldUsers: "history" or "attributes"; or nothing.',
      }));
    }),
    check('capabilities.coldUsers: none', async (model, { data, extra }) => {
      if (model.capabilities.coldUsers.length > 0) return;
      const strangers = asStrangers(askersOf(data, extra));
      const scores = await scoresOf(model, strangers, allItems(data), 'unknown users');
      expectThat(scores.every(Number.isNaN), () => ({
        expected: 'NaN for users outside the vocabulary, as empty coldUsers says',
        seen: `the score ${scores.find((score) => !Number.isNaN(score))}`,
        fix: 'give NaN for users with index -1, or say in capabilities.coldUsers how they are scored.',
      }));
    }),
    check('capabilities.coldItems', async (model, { data, extra }) => {
      const scores = await scoresOf(model, askersOf(data, extra), newItems(data), 'items outside the vocabulary');
      const cold = model.capabilities.coldItems;
      expectThat(cold ? scores.some(Number.isFinite) : scores.every(Number.isNaN), () => ({
        expected: cold
          ? 'items outside the vocabulary to get scores from their features, as coldItems says'
          : 'NaN for items outside the vocabulary, as coldItems: false says',
        seen: cold ? 'NaN alone' : `the score ${scores.find((score) => !Number.isNaN(score))}`,
        fix: cold
          ? 'score items whose index is not below the vocabulary from items.features, or set coldItems: false.'
          : 'check an index against the number of items that were fitted, or set coldItems: true.',
      }));
    }),
    check('capabilities.context', async (model, { data, extra }) => {
      const queries = askersOf(data, extra);
      const asked = await Promise.all(
        [0, 1, 2, 5].map((step) => scoresOf(model, inContext(queries, data, step), allItems(data), 'some context')),
      );
      const changes = asked.some((scores) => differ(asked[0]!, scores));
      const { context } = model.capabilities;
      expectThat(changes === context, () => ({
        expected: `the context of a request ${context ? 'to change some score' : 'to change no score'}, as context: ${context} says`,
        seen: changes ? 'scores that changed with it' : 'the same scores in other contexts',
        fix: `set capabilities.context to ${changes}, or ${context ? 'read' : 'do not read'} queries.context.`,
      }));
    }),
    check('capabilities.sequential', async (model, { data, extra }) => {
      const queries = asStrangers(askersOf(data, extra));
      const forth = await scoresOf(model, distinctHistory(queries, false), allItems(data), 'histories');
      const back = await scoresOf(model, distinctHistory(queries, true), allItems(data), 'reversed histories');
      const changes = differ(forth, back);
      const { sequential } = model.capabilities;
      const personal = forth.some(Number.isFinite);
      expectThat(changes === sequential || !personal, () => ({
        expected: `the order of a history ${sequential ? 'to change some score' : 'to change no score'}, as sequential: ${sequential} says`,
        seen: changes ? 'scores that changed with it' : 'the same scores in the other order',
        fix: `set capabilities.sequential to ${changes}.`,
      }));
    }),
    check('capabilities.calibrated', async (model, { data, extra }) => {
      const { calibrated } = model.capabilities;
      const scores = await scoresOf(model, askersOf(data, extra), allItems(data), 'known users');
      const values = data.interactions.values.filter(Number.isFinite);
      const span = calibrated === 'value' ? Math.max(...values) - Math.min(...values) : 0;
      const [low, high] = calibrated === 'value' ? [Math.min(...values) - span, Math.max(...values) + span] : [0, 1];
      const wrong = calibrated === 'none' ? undefined : scores.find((score) => score < low || score > high);
      expectThat(wrong === undefined, () => ({
        expected: `scores within ${low} .. ${high}, as calibrated: '${calibrated}' says`,
        seen: `${wrong}`,
        fix: "map scores to the scale they claim, or set capabilities.calibrated to 'none'.",
      }));
    }),
  ];
};
