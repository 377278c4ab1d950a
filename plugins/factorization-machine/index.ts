import { defineModel, definePlugin, tokens } from 'recograph';
import { config } from './config.ts';
import { createFactorizationMachine } from './factorization-machine.ts';

/** Factorization machine of order 1 or 2 (Rendle 2010) over ids, attributes and context. */
export const factorizationMachine = defineModel({
  type: 'factorization-machine',
  config,
  inject: { runtime: tokens.runtime },
  create: createFactorizationMachine,
});

export default definePlugin({
  name: 'recograph-plugin-factorization-machine',
  apiVersion: 1,
  components: [factorizationMachine],
});
