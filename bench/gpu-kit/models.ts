import type { Dataset, FittedModel, QueryBatch, RuntimeKind, TensorRuntime } from 'recograph';
import { createRuntime, queriesOf } from 'recograph';
import { conformanceData } from 'recograph/testing';
import { modelOf, NEURAL_MODELS, relativeDifference } from '../../test/support/neural-models.ts';
import { fitOptions, noInputs, noLimits } from '../../test/support/tiny.ts';

type Line = (typeof NEURAL_MODELS)[number];

/** Every model that computes on a GPU, small; one line each. */
export const MODELS: readonly Line[] = [
  ['als', { factors: 6, epochs: 4 }],
  ['als', { factors: 4, epochs: 4, feedback: 'explicit', regularization: 1 }],
  ['bpr', { factors: 6, epochs: 4 }],
  ['ease', { regularization: 5 }],
  ...NEURAL_MODELS,
];

/** How one model does on a runtime, beside the same computation on wasm. */
export interface ModelRow {
  readonly model: string;
  /** Largest difference of an epoch's loss, relative where the loss is above 1; at most 1e-3. */
  readonly lossDifference: number;
  /** Largest relative difference of a score and of a list's score, given equal weights; at most 1e-4. */
  readonly scoreDifference: number;
  readonly ok: boolean;
  readonly error?: string;
}

interface Trained {
  readonly losses: readonly number[];
  readonly state: ReturnType<FittedModel['state']>;
}

const LISTED = 5;

const fitAll = (kind: RuntimeKind): Promise<(Trained | Error)[]> =>
  each(kind, async ([type, config], runtime) => {
    const losses: number[] = [];
    const report = ({ loss }: { readonly loss?: number }) => {
      if (loss !== undefined) losses.push(loss);
    };
    const fitted = await modelOf(type, config, runtime, runtime).fit(
      conformanceData(),
      noInputs,
      fitOptions({ report }),
    );
    const state = structuredClone(fitted.state());
    fitted.dispose?.();
    return { losses, state };
  });

const answerAll = (kind: RuntimeKind, trained: readonly (Trained | Error)[]): Promise<(Float32Array | Error)[]> =>
  each(kind, async ([type, config], runtime, k) => {
    const found = trained[k]!;
    if (found instanceof Error) throw found;
    const model = await modelOf(type, config, runtime, runtime).restore(found.state, noInputs);
    const answers = await answersOf(model, conformanceData());
    model.dispose?.();
    return answers;
  });

/** All scores, and the scores of every user's list. */
const answersOf = async (model: FittedModel, data: Dataset): Promise<Float32Array> => {
  const users = Int32Array.from({ length: data.users.size }, (_, user) => user);
  const indices = Int32Array.from({ length: data.items.size }, (_, item) => item);
  const queries: QueryBatch = queriesOf(data, users);
  const scores = await model.score(queries, { kind: 'shared', indices, features: data.itemFeatures });
  const lists = (await model.recommend?.(queries, LISTED, noLimits(users.length))) ?? [];
  return Float32Array.from([...scores, ...lists.flatMap((list) => [...list.scores])]);
};

const each = async <T>(
  kind: RuntimeKind,
  work: (line: Line, runtime: TensorRuntime, k: number) => Promise<T>,
): Promise<(T | Error)[]> => {
  const runtime = await createRuntime(kind);
  const results: (T | Error)[] = [];
  for (const [k, line] of MODELS.entries()) {
    results.push(await work(line, runtime, k).catch((error: unknown) => error as Error));
  }
  runtime.dispose();
  return results;
};

/** Trains every model on wasm and on `kind`, then scores on both with the weights that wasm learned. */
export const compareModels = async (kind: RuntimeKind): Promise<ModelRow[]> => {
  const reference = await fitAll('wasm');
  const expected = await answerAll('wasm', reference);
  const trained = await fitAll(kind);
  const seen = await answerAll(kind, reference);
  return MODELS.map(([type, config], k) => {
    const model = `${type} ${JSON.stringify(config)}`;
    const error = [reference[k], trained[k], expected[k], seen[k]].find((part) => part instanceof Error);
    if (error) {
      return { model, lossDifference: Number.NaN, scoreDifference: Number.NaN, ok: false, error: String(error) };
    }
    const [ours, theirs] = [trained[k] as Trained, reference[k] as Trained];
    const lossDifference = Math.max(
      0,
      ...theirs.losses.map((loss, epoch) => Math.abs(loss - ours.losses[epoch]!) / Math.max(1, Math.abs(loss))),
    );
    const scoreDifference = relativeDifference(expected[k] as Float32Array, seen[k] as Float32Array);
    return { model, lossDifference, scoreDifference, ok: lossDifference <= 1e-3 && scoreDifference <= 1e-4 };
  });
};
