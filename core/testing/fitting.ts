import type { ComponentState, Dataset, FitOptions, Inputs, Kind } from 'recograph';
import { RecographError } from 'recograph';
import { type Bench, fitOptions } from './bench.ts';
import { type Check, describeError, expectThat } from './check.ts';
import type { Answers } from './compare.ts';

export interface Fitted {
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
