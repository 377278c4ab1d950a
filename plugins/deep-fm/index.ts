import { defineModel, definePlugin, tokens } from 'recograph';
import { config } from './config.ts';
import { createDeepFm } from './deep-fm.ts';

/** DeepFM (Guo et al. 2017); by config wide & deep (Cheng et al. 2016) or the network alone. */
export const deepFm = defineModel({
  type: 'deep-fm',
  config,
  inject: { runtime: tokens.runtime },
  create: createDeepFm,
});

export default definePlugin({ name: 'recograph-plugin-deep-fm', apiVersion: 1, components: [deepFm] });
