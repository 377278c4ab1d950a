import {
  defineFeature,
  defineModel,
  definePlugin,
  defineRanker,
  defineSource,
  defineStage,
  featureRef,
  modelRef,
  RecographError,
  vectorsRef,
} from 'recograph';
import { expect } from 'vitest';
import { z } from 'zod';
import { collectComponents } from '../../../core/registry/components.ts';
import { parseConfig } from '../../../core/registry/parse-config.ts';

const never = (): never => {
  throw new Error('not created in these tests');
};

/** Components of every kind that a config has slots for, with references of every kind. */
export const toys = definePlugin({
  name: 'toys',
  apiVersion: 1,
  components: [
    defineModel({
      type: 'als',
      config: z.object({
        factors: z.int().positive().default(64),
        nested: z.object({ deep: z.number().optional() }).optional(),
      }),
      create: never,
    }),
    defineModel({ type: 'popularity', create: never }),
    defineModel({
      type: 'blend',
      config: z.strictObject({
        models: z.array(modelRef()).default([]),
        weights: z.record(modelRef(), z.number()).optional(),
        towards: vectorsRef().optional(),
        extra: z
          .discriminatedUnion('by', [
            z.strictObject({ by: z.literal('model'), model: modelRef().nullable() }),
            z.strictObject({ by: z.literal('constant'), value: z.number() }),
          ])
          .optional(),
      }),
      create: never,
    }),
    defineFeature({
      type: 'text',
      config: z.strictObject({ towards: vectorsRef().describe('What it is trained towards.').optional() }),
      create: never,
    }),
    defineRanker({ type: 'linear', config: z.strictObject({ features: z.array(featureRef()).min(1) }), create: never }),
    defineSource({ type: 'campaign', config: z.strictObject({ like: modelRef().optional() }), create: never }),
    defineStage({
      type: 'mmr',
      config: z.strictObject({ lambda: z.number().min(0).max(1).default(0.7), vectors: vectorsRef().optional() }),
      create: never,
    }),
  ],
});

export const components = collectComponents([toys]);
export const parse = (raw: unknown) => parseConfig(raw, components, { folder: '/project' });

/** The RecographError that `run` throws. */
export const errorOf = (run: () => unknown): RecographError => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(RecographError);
    return error as RecographError;
  }
  throw new Error('nothing was thrown');
};
