import type { Dataset, Kind } from 'recograph';
import { type Check, expectThat } from './check.ts';
import { type Answers, difference } from './compare.ts';
import { elsewhen } from './elsewhen.ts';
import { type Fitted, type Fitting, fitOn, fitOrRefuse } from './fitting.ts';
import { numbersOf } from './fitting-state.ts';
import { firstOf } from './variants.ts';

/** The same seed and data give the same answers: again, on another day, and after something else was fitted. */
export const repeatChecks = <K extends Kind, F extends Fitted, Q>(kind: Fitting<K, F, Q>): Check[] => [
  kind.check('fit: the same seed gives the same answers and state', async (bench) => {
    const [first, second] = [await fitOn(kind, bench), await fitOn(kind, bench)];
    const questions = kind.questions(bench.data, bench);
    const of = async (fitted: F): Promise<Answers> => ({
      ...numbersOf(fitted.state()),
      ...(await kind.answers(fitted, questions)),
    });
    const found = difference(await of(first), await of(second));
    expectThat(found === undefined, () => ({
      expected: 'two fits with the same seed, data and config to agree exactly',
      seen: `${found}`,
      fix: 'draw all randomness from options.rng (never Math.random), all time from the injected clock.',
    }));
  }),
  kind.check('fit: neither the date nor Math.random matters', async (bench) => {
    const questions = kind.questions(bench.data, bench);
    const fitted = await fitOn(kind, bench);
    const before = await kind.answers(fitted, questions);
    const [later, fittedLater] = await elsewhen(async () => [
      await kind.answers(fitted, questions),
      await kind.answers(await fitOn(kind, bench), questions),
    ]);
    const found = difference(before, later!) ?? difference(before, fittedLater!);
    expectThat(found === undefined, () => ({
      expected: 'the same answers on another date and with other numbers from Math.random',
      seen: `${found}${difference(before, later!) ? ' from the same fitted component' : ' where it was fitted on another date'}`,
      fix:
        'inject tokens.clock for the time, or read queries.now; draw what is random from options.rng while fitting ' +
        'and from createRng(queries.seeds[q]) while answering.',
    }));
  }),
  kind.check('fit: leaves earlier ones as they were', async (bench) => {
    const instance = bench.create();
    const again = { ...bench, create: () => instance };
    const first = await fitOn(kind, again);
    const questions = kind.questions(bench.data, bench);
    const before = await kind.answers(first, questions);
    await fitOn(kind, again, { seed: 2 });
    const afterSeed = difference(before, await kind.answers(first, questions));
    await fitOrRefuse(kind, again, mostUsersOf(bench.data), 'two thirds of the users');
    const found = afterSeed ?? difference(before, await kind.answers(first, questions));
    expectThat(found === undefined, () => ({
      expected: 'fits with another seed and on other data to leave the first fitted component as it was',
      seen: `${found}`,
      fix: 'give a new object from each fit; keep nothing learned in the instance or the module.',
    }));
  }),
];

const mostUsersOf = (data: Dataset): Dataset => firstOf(data, { users: Math.ceil((data.users.size * 2) / 3) });
