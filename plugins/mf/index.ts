import { defineModel, definePlugin, tokens } from 'recograph';
import { config } from './config.ts';
import { createMf } from './mf.ts';

/** Biased matrix factorisation (Koren, Bell & Volinsky 2009), SVD++ (Koren 2008), with features (Chen et al. 2012). */
export const mf = defineModel({ type: 'mf', config, inject: { runtime: tokens.runtime }, create: createMf });

export default definePlugin({ name: 'recograph-plugin-mf', apiVersion: 1, components: [mf] });
