import type { Component, Dataset, Inputs } from 'recograph';
import plugins from 'recograph/plugins';
import {
  type Check,
  type ConformanceOptions,
  conformanceData,
  featureConformance,
  metricConformance,
  modelConformance,
  rankerConformance,
  sourceConformance,
  stageConformance,
  tinyInputs,
} from 'recograph/testing';
import { describe, expect, it } from 'vitest';
import { withPictures } from '../support/pictures.ts';
import { withSounds } from '../support/sounds.ts';

const components: readonly Component[] = plugins.flatMap((plugin) => [...plugin.components]);

/** The kit's small model as an autoencoder, whose codes are its vectors of users. */
const withAutoencoder = async (data: Dataset): Promise<Inputs> => {
  const inputs = tinyInputs(data);
  const model = inputs.model('taste');
  const codes = { code: model.itemVectors!().columns, codes: model.userVectors! };
  return { ...inputs, model: () => ({ ...model, ...codes }) };
};

/** Small configs, several where one component works in several ways; `{}` where none is named. */
const CASES: Readonly<Record<string, readonly ConformanceOptions[]>> = {
  'model als': [
    { config: { factors: 6, epochs: 4 } },
    { config: { factors: 4, epochs: 3, feedback: 'explicit', regularization: 1 } },
  ],
  'model attention': [{ config: { dimensions: 8, epochs: 3, batchSize: 8 } }],
  'model bagging': [{ config: { model: 'taste', members: 3 } }],
  'model autoencoder': [
    { config: { hidden: [8], code: 4, epochs: 3, batchSize: 8 } },
    { config: { variant: 'denoising', code: 6, epochs: 3, batchSize: 8, sampledItems: 4 } },
  ],
  'model bpr': [{ config: { factors: 6, epochs: 4 } }],
  'model content-based': [{ config: { vectors: 'text' } }, { config: { vectors: 'text', halfLifeDays: 1 } }],
  'model deep-fm': [
    { config: { factors: 4, hidden: [8, 4], epochs: 2, batchSize: 64 } },
    { config: { factors: 4, hidden: [8], epochs: 2, batchSize: 64, task: 'regression', variant: 'wide-and-deep' } },
  ],
  'model ease': [{ config: { regularization: 5 } }],
  'model factor-mapping': [{ config: { model: 'taste', vectors: 'text' } }],
  'model factorization-machine': [
    { config: { factors: 4, epochs: 2, batchSize: 64 } },
    { config: { order: 1, epochs: 2, batchSize: 64, task: 'regression' } },
  ],
  'model item-knn': [{}, { config: { similarity: 'bm25' } }],
  'model lightgcn': [
    { config: { factors: 6, epochs: 3, batchSize: 8, negatives: 8 } },
    { config: { factors: 8, layers: 1, loss: 'bpr', epochs: 3, batchSize: 8 } },
  ],
  'model logistic-regression': [
    { config: { epochs: 3 } },
    { config: { epochs: 3, fields: ['user.segment', 'item.brand'], crosses: [['user', 'item.brand']] } },
  ],
  'model mf': [
    { config: { factors: 4, epochs: 3 } },
    { config: { factors: 4, epochs: 3, feedback: 'implicit' } },
    { config: { factors: 4, epochs: 3, variant: 'svd++' } },
    { config: { factors: 4, epochs: 3, fields: ['user.segment', 'item.brand'] } },
  ],
  'model multi-task': [
    {
      config: {
        tasks: { chosen: {}, liked: { types: ['rating'], min: 4 } },
        ...{ factors: 4, hidden: [8], tower: [4], experts: 2, epochs: 2, batchSize: 64 },
      },
    },
    {
      config: {
        tasks: { rating: { predict: 'value' } },
        ...{ architecture: 'shared-bottom', score: 'sum', factors: 4, hidden: [8], epochs: 2, batchSize: 64 },
      },
    },
  ],
  'model neural-mf': [
    { config: { factors: 4, mlpFactors: 4, hidden: [8, 4], epochs: 3, batchSize: 32 } },
    {
      config: {
        variant: 'gmf',
        biases: true,
        factors: 4,
        epochs: 3,
        batchSize: 8,
        feedback: 'implicit',
        sampling: 'whole',
      },
    },
  ],
  'model popularity': [{}, { config: { halfLifeDays: 7 } }],
  'model rnn': [
    { config: { dimensions: 8, units: 6, epochs: 3, batchSize: 8 } },
    { config: { cell: 'lstm', loss: 'bce', dimensions: 8, units: 6, epochs: 3, batchSize: 8 } },
  ],
  'model two-tower': [
    { config: { dimensions: 8, epochs: 3, batchSize: 8, negatives: 8, inBatch: 8 } },
    { config: { dimensions: 8, hidden: [8], history: 'attention', epochs: 3, batchSize: 8, negatives: 8 } },
    { config: { dimensions: 8, history: 'none', epochs: 3, batchSize: 8, negatives: 8 } },
  ],
  'feature content': [{ config: { minCount: 1 } }, { config: { minCount: 1, dimensions: 4 } }],
  'feature audio-cnn': [
    {
      config: {
        tags: 'brand',
        sampleRate: 8000,
        bands: 8,
        frames: 4,
        filters: [4],
        dimensions: 4,
        epochs: 2,
        batchSize: 8,
      },
      data: withSounds(conformanceData()),
    },
  ],
  'feature fusion': ['concatenation', 'gated', 'late'].map((method) => ({
    config: { of: ['text', 'pictures'], tags: 'categories', dimensions: 4, method, epochs: 2, batchSize: 8 },
  })),
  'feature image-cnn': [
    {
      config: { tags: 'brand', width: 8, height: 8, filters: [4, 4], dimensions: 4, epochs: 2, batchSize: 8 },
      data: await withPictures(conformanceData()),
    },
  ],
  'feature text-cnn': [
    { config: { vectors: 'taste', minCount: 1, embedding: 8, filters: 4, epochs: 2, batchSize: 8 } },
    {
      config: {
        tags: 'categories',
        fields: ['title'],
        minCount: 1,
        embedding: 8,
        filters: 4,
        dimensions: 6,
        epochs: 2,
      },
    },
  ],
  'feature text-rnn': [
    { config: { vectors: 'taste', tags: 'categories', minCount: 1, embedding: 8, units: 4, epochs: 2, batchSize: 8 } },
    {
      config: {
        tags: 'categories',
        fields: ['title'],
        cell: 'lstm',
        pooling: 'last',
        minCount: 1,
        units: 4,
        epochs: 2,
      },
    },
  ],
  'ranker pairwise': [{}, { config: { loss: 'ranknet' } }, { config: { hidden: [8], learningRate: 0.01 } }],
  'ranker pointwise': [{}, { config: { loss: 'mse' } }, { config: { hidden: [8], learningRate: 0.01 } }],
  'ranker softmax': [{}, { config: { hidden: [8, 4], learningRate: 0.01 } }],
  'feature history-autoencoder': [{ config: { model: 'taste' }, inputs: withAutoencoder }],
  'stage attribute-filter': [{ config: { conditions: [{ field: 'price', min: 3 }] } }],
  'stage epsilon-greedy': [{ config: { epsilon: 0.5 } }, { config: { epsilon: 1, explore: 'optimistic' } }],
  'stage mmr': [{}, { config: { vectors: 'text', lambda: 0.2 } }],
};

/** Kinds whose contract is kept elsewhere: a store by its own tests, a GraphQL extension by the schema's. */
const ELSEWHERE = ['store', 'graphql', 'splitter'];

const conformance = (component: Component, options: ConformanceOptions): Check[] => {
  switch (component.kind) {
    case 'model':
      return modelConformance(component as Component<'model'>, options);
    case 'feature':
      return featureConformance(component as Component<'feature'>, options);
    case 'ranker':
      return rankerConformance(component as Component<'ranker'>, options);
    case 'source':
      return sourceConformance(component as Component<'source'>, options);
    case 'stage':
      return stageConformance(component as Component<'stage'>, options);
    default:
      return metricConformance(component as Component<'metric'>, options);
  }
};

const nameOf = ({ kind, type }: Component): string => `${kind} ${type}`;

it('tries every component that it has a config for', () => {
  const names = components.map(nameOf);
  expect(Object.keys(CASES).filter((name) => !names.includes(name))).toEqual([]);
});

for (const component of components.filter(({ kind }) => !ELSEWHERE.includes(kind))) {
  for (const options of CASES[nameOf(component)] ?? [{}]) {
    describe(`${nameOf(component)} ${JSON.stringify(options.config ?? {})}`, () => {
      for (const check of conformance(component, options)) it(check.name, () => check.run());
    });
  }
}
