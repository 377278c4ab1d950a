import { defineModel, definePlugin, tokens } from 'recograph';
import { config } from './config.ts';
import { createUserKnn } from './user-knn.ts';

/** Recommends what the users with the most similar history chose. */
export const userKnn = defineModel({
  type: 'user-knn',
  config,
  inject: { kernels: tokens.kernels },
  create: createUserKnn,
});

export default definePlugin({ name: 'recograph-plugin-user-knn', apiVersion: 1, components: [userKnn] });
