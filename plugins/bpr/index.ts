import { defineModel, definePlugin, tokens } from 'recograph';
import { createBpr } from './bpr.ts';
import { config } from './config.ts';

/** Matrix factorisation that learns to rank what a user chose above what not. */
export const bpr = defineModel({
  type: 'bpr',
  config,
  inject: { kernels: tokens.kernels, gpu: tokens.gpu },
  create: createBpr,
});

export default definePlugin({ name: 'recograph-plugin-bpr', apiVersion: 1, components: [bpr] });
