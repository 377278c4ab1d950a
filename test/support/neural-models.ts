import type { Component, ComponentState, Model, RuntimeKind, TensorRuntime } from 'recograph';
import { queriesOf } from 'recograph';
import { createKernels } from 'recograph/math';
import plugins from 'recograph/plugins';
import { conformanceData } from 'recograph/testing';
import { createRuntime } from '../../core/runtime/index.ts';
import { fitOptions, noInputs } from './tiny.ts';

/** One line a neural model, or one for each way in which it works: the type and a small config. */
export const NEURAL_MODELS: readonly (readonly [type: string, config: Readonly<Record<string, unknown>>])[] = [
  ['attention', { dimensions: 8, epochs: 3, batchSize: 8 }],
  ['autoencoder', { hidden: [8], code: 4, epochs: 3, batchSize: 8 }],
  ['autoencoder', { variant: 'denoising', code: 6, epochs: 3, batchSize: 8 }],
  ['deep-fm', { factors: 4, hidden: [8, 4], epochs: 2, batchSize: 64 }],
  ['factorization-machine', { factors: 4, epochs: 2, batchSize: 64 }],
  ['lightgcn', { factors: 6, epochs: 3, batchSize: 8, negatives: 8 }],
  ['mf', { factors: 4, epochs: 3 }],
  ['mf', { factors: 4, epochs: 3, feedback: 'implicit' }],
  ['mf', { factors: 4, epochs: 3, variant: 'svd++' }],
  ['mf', { factors: 4, epochs: 3, fields: ['user.segment', 'item.brand'] }],
  [
    'multi-task',
    {
      tasks: { chosen: {}, liked: { types: ['rating'], min: 4 } },
      ...{ factors: 4, hidden: [8], tower: [4], experts: 2, epochs: 2, batchSize: 64 },
    },
  ],
  ['neural-mf', { factors: 4, mlpFactors: 4, hidden: [8, 4], epochs: 3, batchSize: 32, initScale: 0.1 }],
  ['neural-mf', { variant: 'gmf', factors: 4, epochs: 3, feedback: 'implicit', initScale: 0.1 }],
  ['rnn', { dimensions: 8, units: 8, epochs: 3, batchSize: 8 }],
  ['rnn', { dimensions: 8, units: 6, epochs: 3, batchSize: 8 }],
  ['rnn', { cell: 'lstm', loss: 'bce', dimensions: 8, units: 6, epochs: 3, batchSize: 8 }],
  ['two-tower', { dimensions: 8, epochs: 3, batchSize: 8, negatives: 8, inBatch: 8 }],
  ['two-tower', { dimensions: 8, hidden: [8], history: 'attention', epochs: 3, batchSize: 8, negatives: 8 }],
];

export interface Trained {
  /** As it would lie in a bundle. */
  readonly state: ComponentState;
  /** Of each epoch. */
  readonly losses: readonly number[];
}

export const fitNeuralModels = (kind: RuntimeKind): Promise<Trained[]> =>
  onRuntime(kind, async (runtime) => {
    const trained: Trained[] = [];
    for (const [type, config] of NEURAL_MODELS) {
      const losses: number[] = [];
      const report = ({ loss }: { readonly loss?: number }) => losses.push(loss ?? Number.NaN);
      const model = modelOf(type, config, runtime);
      const fitted = await model.fit(conformanceData(), noInputs, fitOptions({ report }));
      trained.push({ state: structuredClone(fitted.state()), losses });
      fitted.dispose?.();
    }
    return trained;
  });

/** Scores of every user and item from these states, model by model. */
export const neuralScores = (kind: RuntimeKind, states: readonly ComponentState[]): Promise<Float32Array[]> =>
  onRuntime(kind, async (runtime) => {
    const data = conformanceData();
    const queries = queriesOf(
      data,
      Int32Array.from({ length: data.users.size }, (_, user) => user),
    );
    const indices = Int32Array.from({ length: data.items.size }, (_, item) => item);
    const scores: Float32Array[] = [];
    for (const [k, [type, config]] of NEURAL_MODELS.entries()) {
      const model = await modelOf(type, config, runtime).restore(states[k]!, noInputs);
      scores.push(await model.score(queries, { kind: 'shared', indices, features: data.itemFeatures }));
      model.dispose?.();
    }
    return scores;
  });

/** Largest difference of two models' scores, relative to the largest score; Infinity where only one is a number. */
export const relativeDifference = (expected: Float32Array, seen: Float32Array): number => {
  let largest = 0;
  let difference = 0;
  for (const [k, score] of expected.entries()) {
    if (Number.isNaN(score) !== Number.isNaN(seen[k])) return Number.POSITIVE_INFINITY;
    if (Number.isNaN(score)) continue;
    largest = Math.max(largest, Math.abs(score));
    difference = Math.max(difference, Math.abs(score - seen[k]!));
  }
  return difference / largest;
};

const kernels = createKernels({ threads: 1 });

/** `gpu`: what als, bpr and ease take for one; absent = their kernels. */
export const modelOf = (
  type: string,
  config: Readonly<Record<string, unknown>>,
  runtime: TensorRuntime,
  gpu?: TensorRuntime,
): Model => componentOf(type, config, { runtime, kernels, gpu }) as Model;

/** What a built-in component's `create` returns. */
export const componentOf = (type: string, config: Readonly<Record<string, unknown>>, deps: object): unknown => {
  const component = plugins.flatMap((plugin): readonly Component[] => plugin.components).find((c) => c.type === type)!;
  return component.create(component.schema.parse(config) as never, deps as never);
};

export const onRuntime = async <T>(kind: RuntimeKind, work: (runtime: TensorRuntime) => Promise<T>): Promise<T> => {
  const runtime = await createRuntime(kind);
  try {
    return await work(runtime);
  } finally {
    runtime.dispose();
  }
};
