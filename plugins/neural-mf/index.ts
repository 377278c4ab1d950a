import { defineModel, definePlugin, tokens } from 'recograph';
import { config } from './config.ts';
import { createNeuralMf } from './neural-mf.ts';

/** Neural collaborative filtering: GMF, MLP and NeuMF (He et al. 2017), and the plain inner product. */
export const neuralMf = defineModel({
  type: 'neural-mf',
  config,
  inject: { runtime: tokens.runtime, kernels: tokens.kernels },
  create: createNeuralMf,
});

export default definePlugin({ name: 'recograph-plugin-neural-mf', apiVersion: 1, components: [neuralMf] });
