import type { ComponentState, Kind } from 'recograph';
import { type Check, expectThat, typeNameOf, without } from './check.ts';
import { checksum } from './checksum.ts';
import { type Answers, difference } from './compare.ts';
import { type Fitted, type Fitting, fitOn } from './fitting.ts';
import { jsonFault } from './json-fault.ts';

/** What a bundle can hold, and whether restoring from it gives back what was learned. */
export const stateChecks = <K extends Kind, F extends Fitted, Q>(kind: Fitting<K, F, Q>): Check[] => [
  kind.check('state: JSON and tensors that a bundle keeps', async (bench) => {
    const fault = stateFault((await fitOn(kind, bench)).state());
    expectThat(fault === undefined, () => ({
      expected:
        'state() to give plain JSON (no undefined, NaN, Date, Map) and tensors of Float32Array, Float64Array, ' +
        'Int32Array, Uint32Array or Uint8Array whose length is the product of their shape',
      seen: `${fault}`,
      fix: 'leave absent keys out, write times as numbers, and copy into one of the five array types.',
    }));
  }),
  kind.check('state: a restored one answers as the one that was saved', async (bench) => {
    const fitted = await fitOn(kind, bench);
    const questions = kind.questions(bench.data, bench);
    const before = await kind.answers(fitted, questions);
    const kept = saved(fitted.state());
    fitted.dispose?.();
    const inputs = await bench.inputs(bench.data);
    const restored = await without('restore(state())', () => kind.restore(bench, kept, inputs));
    const after = await without('a restored one', () => kind.answers(restored, questions));
    const found = difference(before, after);
    expectThat(found === undefined, () => ({
      expected: 'the restored component to answer exactly as the saved one',
      seen: `${found}`,
      fix:
        'put everything learned into state() (numbers that are not in config; JSON without NaN, undefined or dates) ' +
        'and read it back in restore.',
    }));
  }),
  kind.check('state: restoring and answering write nothing into it', async (bench) => {
    const kept = saved((await fitOn(kind, bench)).state());
    const before = checksum(kept);
    const restored = await kind.restore(bench, kept, await bench.inputs(bench.data));
    const afterRestore = checksum(kept);
    await kind.answers(restored, kind.questions(bench.data, bench));
    expectThat(checksum(kept) === before, () => ({
      expected: 'the JSON and the tensors given to restore() to be what they were',
      seen: `other bytes in them ${afterRestore === before ? 'after answering' : 'after restore()'}`,
      fix: 'copy a tensor (data.slice()) before you write to it: several threads may serve from the same memory.',
    }));
  }),
  kind.check('inputs: nothing given is changed', async (bench) => {
    const { data } = bench;
    const questions = kind.questions(data, bench);
    const given = () =>
      checksum([
        data.interactions,
        data.userFeatures,
        data.itemFeatures,
        data.positives(),
        data.positivesByItem(),
        questions,
      ]);
    const before = given();
    const fitted = await fitOn(kind, bench);
    const afterFit = given();
    await kind.answers(fitted, questions);
    const when = afterFit === before ? 'after answering' : 'after fit';
    expectThat(given() === before, () => ({
      expected: 'the data set and the questions to be what they were',
      seen: `other bytes in them ${when}`,
      fix: 'copy an array (slice) before you sort it or write to it: components share what they are given.',
    }));
  }),
];

const KEPT = [Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array] as const;

const stateFault = ({ json, tensors }: ComponentState): string | undefined => {
  const fault = jsonFault(json, 'json');
  if (fault !== undefined) return fault;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const size = shape.reduce((product, length) => product * length, 1);
    if (!KEPT.some((type) => data instanceof type)) return `tensors.${name} is a ${typeNameOf(data)}`;
    if (size !== data.length) return `tensors.${name} of shape [${shape.join(', ')}] with ${data.length} numbers`;
  }
  return undefined;
};

/** As a bundle would keep it: JSON text, tensors in memory of their own. */
const saved = ({ json, tensors }: ComponentState): ComponentState => ({
  json: JSON.parse(JSON.stringify(json)),
  tensors: Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape: [...shape], data: data.slice() }]),
  ),
});

/** A state as something that can be compared. */
export const numbersOf = ({ json, tensors }: ComponentState): Answers => ({
  ...Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [`state.tensors.${name}`, data])),
  ...Object.fromEntries([[`state.json ${JSON.stringify(json)}`, []]]),
});
