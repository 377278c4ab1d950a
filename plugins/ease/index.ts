import { defineModel, definePlugin, tokens } from 'recograph';
import { z } from 'zod';
import { createEase } from './ease.ts';

const config = z.strictObject({
  regularization: z.number().positive().default(500).describe('L2 weight (lambda): larger = rarer pairs count less.'),
  binary: z.boolean().default(true).describe('Every positive counts 1; otherwise its weight.'),
  maxItems: z.int().positive().default(20_000).describe('Refuse more items: memory is 4 items^2 bytes.'),
});

export type EaseConfig = z.output<typeof config>;

/** A linear item-to-item model in closed form. */
export const ease = defineModel({
  type: 'ease',
  config,
  inject: { kernels: tokens.kernels, gpu: tokens.gpu },
  create: createEase,
});

export default definePlugin({ name: 'recograph-plugin-ease', apiVersion: 1, components: [ease] });
