import type { ComponentState, Dataset, Extractor, ItemExtractor, RuntimeKind, TensorRuntime } from 'recograph';
import { conformanceData } from 'recograph/testing';
import { silentLog } from '../../core/kernel/log.ts';
import { tinyInputs } from '../../core/testing/tiny-inputs.ts';
import { componentOf, onRuntime, type Trained } from './neural-models.ts';
import { withPictures } from './pictures.ts';
import { withSounds } from './sounds.ts';
import { fitOptions } from './tiny.ts';

const words = { vectors: 'taste', minCount: 1, embedding: 8, epochs: 2, batchSize: 8 };
const grids = { vectors: 'taste', filters: [4, 4], epochs: 2, batchSize: 8 };

/** One line a trained extractor, or one for each way in which it works: the type and a small config. */
export const NEURAL_EXTRACTORS: readonly (readonly [type: string, config: Readonly<Record<string, unknown>>])[] = [
  ['audio-cnn', { ...grids, sampleRate: 8000, bands: 8, frames: 4 }],
  ['fusion', { of: ['text', 'pictures'], tags: 'categories', dimensions: 4, hidden: [6], epochs: 2, batchSize: 8 }],
  ['fusion', { of: ['text', 'pictures'], tags: 'categories', method: 'gated', dimensions: 4, epochs: 2 }],
  ['fusion', { of: ['text', 'pictures'], tags: 'categories', method: 'late', dimensions: 4, epochs: 2 }],
  ['image-cnn', { ...grids, width: 8, height: 8 }],
  ['image-cnn', { ...grids, width: 8, height: 8, pooling: 'average' }],
  ['text-cnn', { ...words, filters: 4 }],
  ['text-cnn', { ...words, filters: 6, kernels: [1, 3], pooling: 'average' }],
  ['text-rnn', { ...words, units: 8 }],
  ['text-rnn', { ...words, units: 6, cell: 'lstm', pooling: 'last' }],
];

export const fitNeuralExtractors = async (kind: RuntimeKind): Promise<Trained[]> => {
  const data = await itemsToReadAndSee();
  return onRuntime(kind, async (runtime) => {
    const trained: Trained[] = [];
    for (const [type, config] of NEURAL_EXTRACTORS) {
      const losses: number[] = [];
      const report = ({ loss }: { readonly loss?: number }) => losses.push(loss ?? Number.NaN);
      const fitted = await extractorOf(type, config, runtime).fit(data, tinyInputs(data), fitOptions({ report }));
      trained.push({ state: structuredClone(fitted.state()), losses });
      fitted.dispose?.();
    }
    return trained;
  });
};

/** Vectors of every item from these states, extractor by extractor. */
export const neuralVectors = async (kind: RuntimeKind, states: readonly ComponentState[]): Promise<Float32Array[]> => {
  const data = await itemsToReadAndSee();
  return onRuntime(kind, async (runtime) => {
    const vectors: Float32Array[] = [];
    for (const [k, [type, config]] of NEURAL_EXTRACTORS.entries()) {
      const fitted = await extractorOf(type, config, runtime).restore(states[k]!, tinyInputs(data));
      vectors.push((await (fitted as ItemExtractor).extract(data.itemFeatures)).data);
      fitted.dispose?.();
    }
    return vectors;
  });
};

const itemsToReadAndSee = async (): Promise<Dataset> => withSounds(await withPictures(conformanceData()));

const extractorOf = (type: string, config: Readonly<Record<string, unknown>>, runtime: TensorRuntime): Extractor =>
  componentOf(type, config, { runtime, log: silentLog }) as Extractor;
