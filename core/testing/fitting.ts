import type { ComponentState, Dataset, FitOptions, Inputs, Kind, Progress } from 'recograph';
import { RecographError } from 'recograph';
import { type Bench, fitOptions } from './bench.ts';
import { type Check, describeError, expectThat, without } from './check.ts';
import { checksum } from './checksum.ts';
import { type Answers, difference } from './compare.ts';

interface Fitted {
  state(): ComponentState;
  dispose?(): void;
}

/** What the checks of everything that is fitted need to know of a kind. */
export interface Fitting<K extends Kind, F extends Fitted, Q = unknown> {
  readonly check: (name: string, run: (bench: Bench<K>) => Promise<void>) => Check;
  fit(bench: Bench<K>, data: Dataset, inputs: Inputs, options: FitOptions): Promise<F>;
  restore(bench: Bench<K>, state: ComponentState, inputs: Inputs): Promise<F> | F;
  /** What a fitted component is asked on this data. */
  questions(data: Dataset, bench: Bench<K>): Q;
  /** All that it says to that. */
  answers(fitted: F, questions: Q): Promise<Answers>;
}

/** Fits on the bench's data with this seed. */
export const fitOn = async <K extends Kind, F extends Fitted>(
  { fit }: Pick<Fitting<K, F>, 'fit'>,
  bench: Bench<K>,
  given: Partial<FitOptions> & { seed?: number; data?: Dataset } = {},
): Promise<F> => {
  const data = given.data ?? bench.data;
  return fit(bench, data, await bench.inputs(data), fitOptions(given));
};

/** As a bundle would keep it: JSON text, tensors in memory of their own. */
const saved = ({ json, tensors }: ComponentState): ComponentState => ({
  json: JSON.parse(JSON.stringify(json)),
  tensors: Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape: [...shape], data: data.slice() }]),
  ),
});

const numbersOf = ({ json, tensors }: ComponentState): Answers => ({
  ...Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [`state.tensors.${name}`, data])),
  ...Object.fromEntries([[`state.json ${JSON.stringify(json)}`, []]]),
});

const SAVE_FIX =
  'put everything learned into state() (numbers that are not in config; JSON without NaN, undefined or dates) ' +
  'and read it back in restore.';

export const fittingChecks = <K extends Kind, F extends Fitted, Q>(kind: Fitting<K, F, Q>): Check[] => [
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
  kind.check('fit: leaves earlier ones as they were', async (bench) => {
    const instance = bench.create();
    const again = { ...bench, create: () => instance };
    const first = await fitOn(kind, again);
    const questions = kind.questions(bench.data, bench);
    const before = await kind.answers(first, questions);
    await fitOn(kind, again, { seed: 2 });
    const found = difference(before, await kind.answers(first, questions));
    expectThat(found === undefined, () => ({
      expected: 'a second fit of the same instance to leave the first fitted component as it was',
      seen: `${found}`,
      fix: 'give a new object from each fit; keep nothing learned in the instance or the module.',
    }));
  }),
  kind.check('state: a restored one answers as the one that was saved', async (bench) => {
    const fitted = await fitOn(kind, bench);
    const questions = kind.questions(bench.data, bench);
    const before = await kind.answers(fitted, questions);
    const state = fitted.state();
    for (const [name, { shape, data }] of Object.entries(state.tensors)) {
      const size = shape.reduce((product, length) => product * length, 1);
      expectThat(size === data.length, () => ({
        expected: `the tensor "${name}" of shape [${shape.join(', ')}] to hold ${size} numbers`,
        seen: `${data.length}`,
        fix: 'give the shape that the data has.',
      }));
    }
    const kept = saved(state);
    fitted.dispose?.();
    const inputs = await bench.inputs(bench.data);
    const restored = await without('restore(state())', () => kind.restore(bench, kept, inputs));
    const after = await without('a restored one', () => kind.answers(restored, questions));
    const found = difference(before, after);
    expectThat(found === undefined, () => ({
      expected: 'the restored component to answer exactly as the saved one',
      seen: `${found}`,
      fix: SAVE_FIX,
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
  kind.check('cancel: before it starts', async (bench) => {
    const signal = AbortSignal.abort();
    await expectCancelled(fitOn(kind, bench, { signal }), 'a signal that was aborted before fit');
  }),
  kind.check('cancel: within one report', async (bench) => {
    const controller = new AbortController();
    let reports = 0;
    let aborted = false;
    const report = ({ epoch, epochs }: Progress) => {
      if (aborted) reports++;
      else if (epoch < epochs) {
        aborted = true;
        controller.abort();
      }
    };
    const fit = fitOn(kind, bench, { signal: controller.signal, report });
    if (await settles(fit, () => aborted)) await expectCancelled(fit, 'a signal that was aborted at a report');
    expectThat(reports <= 1, () => ({
      expected: 'fit to end within one report of being cancelled',
      seen: `${reports} reports after it`,
      fix: 'call throwIfCancelled(signal) (or await yieldToEvents(signal)) once a batch.',
    }));
  }),
  kind.check('progress: reported, in order, finite', async (bench) => {
    const reports: Progress[] = [];
    await fitOn(kind, bench, { report: (progress) => reports.push({ ...progress }) });
    const fault = progressFault(reports);
    expectThat(fault === undefined, () => ({
      expected: 'report() at least once, epochs from 1 up to `epochs` never falling, loss and fraction finite',
      seen: `${fault}`,
      fix: 'report({ epoch, epochs, loss }) after each epoch, counting from 1; one pass is epoch 1 of 1.',
    }));
  }),
  kind.check('tensors: none stays', async (bench) => {
    const questions = kind.questions(bench.data, bench);
    const before = bench.held().tensors;
    const fitted = await fitOn(kind, bench);
    await kind.answers(fitted, questions);
    const once = bench.held().tensors;
    await kind.answers(fitted, questions);
    const twice = bench.held().tensors;
    fitted.dispose?.();
    const after = bench.held().tensors;
    expectThat(twice === once && after === before, () => ({
      expected: `${before} tensors after dispose, as before fit, and no more after answering twice than after once`,
      seen: `${once} after answering, ${twice} after answering again, ${after} after dispose`,
      fix: 'wrap tensor code in runtime.scope(() => ...), dispose what it returns, and free kept tensors in dispose().',
    }));
  }),
  kind.check('tensors: as many after each epoch', async (bench) => {
    const held = new Map<number, number>();
    await fitOn(kind, bench, { report: ({ epoch }) => held.set(epoch, bench.held().tensors) });
    const counts = [...held.values()];
    const [first = 0] = counts;
    const most = Math.max(first, ...counts);
    expectThat(most === first, () => ({
      expected: `no more than the ${first} tensors of the first epoch's end at that of a later one`,
      seen: `${most} after epoch ${[...held.keys()][counts.indexOf(most)]}`,
      fix: "wrap each step's tensors in runtime.scope(() => ...), and dispose what it returns.",
    }));
  }),
  kind.check('kernels: no memory stays', async (bench) => {
    const questions = kind.questions(bench.data, bench);
    const before = bench.held().memories;
    const fitted = await fitOn(kind, bench);
    await kind.answers(fitted, questions);
    const once = bench.held().memories;
    await kind.answers(fitted, questions);
    const twice = bench.held().memories;
    fitted.dispose?.();
    const after = bench.held().memories;
    expectThat(twice === once && after === before, () => ({
      expected: `${before} kernel memories after dispose, as before fit, and no more after answering twice than once`,
      seen: `${once} after answering, ${twice} after answering again, ${after} after dispose`,
      fix: 'release() each kernels.memory(): scratch in a finally, what the fitted component keeps in its dispose().',
    }));
  }),
];

/** True when the fit rejected or `due()` holds at its end. */
const settles = async (fit: Promise<unknown>, due: () => boolean): Promise<boolean> => {
  await fit.catch(() => {});
  return due();
};

const expectCancelled = async (fit: Promise<unknown>, situation: string): Promise<void> => {
  const outcome = await fit.then(
    () => 'a fitted component',
    (error: unknown) =>
      error instanceof RecographError && error.code === 'CANCELLED' ? undefined : describeError(error),
  );
  expectThat(outcome === undefined, () => ({
    expected: `RecographError CANCELLED under ${situation}`,
    seen: `${outcome}`,
    fix: 'call throwIfCancelled(signal) at the start of fit and once a batch; let its error pass.',
  }));
};

const progressFault = (reports: readonly Progress[]): string | undefined => {
  if (reports.length === 0) return 'no report';
  let last = 0;
  let done = 0;
  for (const { epoch, epochs, loss, fraction } of reports) {
    if (!(epoch >= last && epoch >= 1 && epoch <= epochs)) return `epoch ${epoch} of ${epochs} after epoch ${last}`;
    if (loss !== undefined && !Number.isFinite(loss)) return `loss ${loss} in epoch ${epoch}`;
    if (fraction !== undefined && !(fraction >= done && fraction <= 1)) return `fraction ${fraction} after ${done}`;
    last = epoch;
    done = fraction ?? done;
  }
  return undefined;
};

/** Fits on data that may hold nothing to learn: a RecographError is an answer, and gives undefined. */
export const fitOrRefuse = async <K extends Kind, F extends Fitted>(
  kind: Pick<Fitting<K, F>, 'fit'>,
  bench: Bench<K>,
  data: Dataset,
  situation: string,
): Promise<F | undefined> => {
  try {
    return await fitOn(kind, bench, { data });
  } catch (error) {
    expectThat(error instanceof RecographError && error.code !== 'INTERNAL', () => ({
      expected: `fit on ${situation} to give a fitted component, or a RecographError such as DATA_EMPTY`,
      seen: describeError(error),
      fix: "throw new RecographError('DATA_EMPTY', ...) where there is nothing to learn from.",
    }));
    return undefined;
  }
};
