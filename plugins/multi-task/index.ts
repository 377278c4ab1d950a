import { defineModel, definePlugin, tokens } from 'recograph';
import { config } from './config.ts';
import { createMultiTask } from './multi-task.ts';

/** Several labels of an event learned at once: shared bottom, or multi-gate mixture of experts (Ma et al. 2018). */
export const multiTask = defineModel({
  type: 'multi-task',
  config,
  inject: { runtime: tokens.runtime },
  create: createMultiTask,
});

export default definePlugin({ name: 'recograph-plugin-multi-task', apiVersion: 1, components: [multiTask] });
