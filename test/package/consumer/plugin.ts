import {
  defineFeature,
  defineMetric,
  defineModel,
  definePlugin,
  defineRanker,
  defineSource,
  defineSplitter,
  defineStage,
  defineStore,
  type FittedModel,
  featureRef,
  modelRef,
  RecographError,
  type Store,
  scoreRows,
  tokens,
} from 'recograph';
import { createRng, topK } from 'recograph/math';
import { modelConformance, stageConformance } from 'recograph/testing';
import { z } from 'zod';

/** One small component of each kind, as another package writes it. */
const alphabet = defineModel({
  type: 'alphabet',
  config: z.strictObject({ step: z.number().positive().default(1) }),
  inject: { clock: tokens.clock, kernels: tokens.kernels },
  create: ({ step }, { clock }) => {
    const fitted = (since: number): FittedModel => ({
      capabilities: {
        feedback: ['implicit'],
        coldUsers: ['alike'],
        coldItems: false,
        sequential: false,
        context: false,
        calibrated: 'none',
      },
      score: async (queries, items) =>
        scoreRows(queries, items, (_, indices, scores) => {
          for (const [k, item] of indices.entries()) scores[k] = -step * item;
        }),
      state: () => ({ json: { since }, tensors: {} }),
    });
    return {
      fit: async () => fitted(clock.now()),
      restore: ({ json }) => fitted((json as { since: number }).since),
    };
  },
});

const price = defineFeature({
  type: 'price',
  create: () => {
    const fitted = {
      subject: 'item' as const,
      width: 1,
      extract: async ({ rows, columns }: { rows: number; columns: Readonly<Record<string, unknown>> }) => ({
        rows,
        columns: 1,
        data: new Float32Array(rows).fill('price' in columns ? 1 : Number.NaN),
      }),
      state: () => ({ json: null, tensors: {} }),
    };
    return { fit: async () => fitted, restore: () => fitted };
  },
});

const firstColumn = defineRanker({
  type: 'first-column',
  config: z.strictObject({ features: z.array(featureRef()).min(1) }),
  create: () => {
    const fitted = {
      score: async ({
        features: { rows, columns, data },
      }: {
        features: { rows: number; columns: number; data: Float32Array };
      }) => Float32Array.from({ length: rows }, (_, row) => data[row * columns] ?? Number.NaN),
      state: () => ({ json: null, tensors: {} }),
    };
    return { fit: async () => fitted, restore: () => fitted };
  },
});

const anything = defineSource({
  type: 'anything',
  create: () => {
    const fitted = (items: number) => ({
      recommend: async ({ seeds }: { seeds: Uint32Array }, n: number) =>
        Array.from(seeds, (seed) => {
          const rng = createRng(seed);
          return topK(
            Float32Array.from({ length: items }, () => rng.next()),
            n,
          );
        }),
      state: () => ({ json: items, tensors: {} }),
    });
    return { fit: async ({ items }) => fitted(items.size), restore: ({ json }) => fitted(json as number) };
  },
});

const reverse = defineStage({
  type: 'reverse',
  config: z.strictObject({ like: modelRef().optional() }),
  create: () => ({
    run: (lists) =>
      lists.map(({ items, scores }) => ({ items: items.toReversed(), scores: scores.map((score) => score) })),
  }),
});

const firstHit = defineMetric({
  type: 'first-hit',
  create: () => ({
    over: 'list',
    prepare:
      () =>
      ({ hits }) =>
        hits[0] ?? Number.NaN,
  }),
});

const everyOther = defineSplitter({
  type: 'every-other',
  create: () => ({
    split: ({ length }) => {
      const rows = (rest: number) => Uint32Array.from({ length: length >> 1 }, (_, k) => 2 * k + rest);
      return [{ train: rows(0), validation: new Uint32Array(0), test: rows(1) }];
    },
  }),
});

const nowhere = defineStore({
  type: 'nowhere',
  create: (): Promise<Store> => Promise.reject(new RecographError('STORE_FAILED', 'There is no such place.')),
});

export const checks = [...modelConformance(alphabet), ...stageConformance(reverse)];

export default definePlugin({
  name: 'consumer',
  apiVersion: 1,
  components: [alphabet, price, firstColumn, anything, reverse, firstHit, everyOther, nowhere],
});
