import { defineModel, definePlugin, tokens } from 'recograph';
import { config } from './config.ts';
import { createItemKnn } from './item-knn.ts';

/** Recommends what is near to what the user already chose. */
export const itemKnn = defineModel({
  type: 'item-knn',
  config,
  inject: { kernels: tokens.kernels },
  create: createItemKnn,
});

export default definePlugin({ name: 'recograph-plugin-item-knn', apiVersion: 1, components: [itemKnn] });
