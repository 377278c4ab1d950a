import type { Component, Dataset, FittedModel, ItemList, QueryBatch } from 'recograph';
import { type ConformanceOptions, checksOf } from './bench.ts';
import { type Check, without } from './check.ts';
import type { Answers } from './compare.ts';
import { configChecks } from './config.ts';
import type { Fitting } from './fitting.ts';
import { fittingChecks } from './fitting-checks.ts';
import { noLimits, someLimits } from './limits.ts';
import { capabilityChecks } from './model-capabilities.ts';
import { dataChecks } from './model-data.ts';
import { listChecks } from './model-lists.ts';
import { scoreChecks } from './model-scores.ts';
import { allItems, askersOf, asStrangers, candidatesOf } from './questions.ts';

export type ModelFitting = Fitting<'model', FittedModel, Questions>;

/**
 * The checks of a model component. Run them with any test runner:
 * ```ts
 * import { modelConformance } from 'recograph/testing';
 * for (const { name, run } of modelConformance(myModel, { config: { factors: 8 } })) it(name, run);
 * ```
 */
export const modelConformance = (component: Component<'model'>, options: ConformanceOptions = {}): Check[] => {
  const kind: ModelFitting = {
    check: checksOf(component, options),
    fit: (bench, data, inputs, fitOptions) => bench.create().fit(data, inputs, fitOptions),
    restore: (bench, state, inputs) => bench.create().restore(state, inputs),
    questions: (data, bench) => questionsOf(data, bench.extra),
    answers: answersOf,
  };
  return [
    ...configChecks(component, options),
    ...fittingChecks(kind),
    ...scoreChecks(kind),
    ...listChecks(kind),
    ...capabilityChecks(kind),
    ...dataChecks(kind),
  ];
};

interface Questions {
  readonly known: QueryBatch;
  readonly strangers: QueryBatch;
  readonly items: ReturnType<typeof allItems>;
  readonly candidates: ReturnType<typeof candidatesOf>;
  readonly limits: ReturnType<typeof someLimits>;
}

const questionsOf = (data: Dataset, extra: QueryBatch['extra']): Questions => {
  const known = askersOf(data, extra);
  const items = allItems(data);
  return {
    known,
    strangers: asStrangers(known),
    items,
    candidates: candidatesOf(items, known.size),
    limits: someLimits(known.size, items.indices.length),
  };
};

const answersOf = async (model: FittedModel, questions: Questions): Promise<Answers> => {
  const { known, strangers, items, candidates, limits } = questions;
  const answers: Record<string, ArrayLike<number>> = {
    'scores of known users': await without('score()', () => model.score(known, items)),
    'scores of unknown users': await without('score() of unknown users', () => model.score(strangers, items)),
    'ragged scores': await without('score() of ragged candidates', () => model.score(known, candidates)),
  };
  if (model.recommend) {
    Object.assign(answers, listsAs('recommend', await model.recommend(known, 7, limits)));
    Object.assign(answers, listsAs('recommend to strangers', await model.recommend(strangers, 7, limits)));
  }
  if (model.similarItems) {
    const lists = await model.similarItems(items.indices, 7, noLimits(items.indices.length));
    Object.assign(answers, listsAs('similarItems', lists));
  }
  if (model.itemVectors) answers.itemVectors = model.itemVectors().data;
  if (model.userVectors) answers.userVectors = (await model.userVectors(known)).data;
  return Object.fromEntries(Object.entries(answers).map(([label, numbers]) => [label, Float64Array.from(numbers)]));
};

const listsAs = (label: string, lists: readonly ItemList[]): Answers => ({
  [`${label}: lengths`]: lists.map(({ items }) => items.length),
  [`${label}: items`]: lists.flatMap(({ items }) => [...items]),
  [`${label}: scores`]: lists.flatMap(({ scores }) => [...scores]),
});
