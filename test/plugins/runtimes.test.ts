import type { ComponentState, RuntimeKind } from 'recograph';
import { beforeAll, expect, it } from 'vitest';
import { describeRuntimes } from '../../core/runtime/index.ts';
import { fitNeuralModels, NEURAL_MODELS, neuralScores, relativeDifference } from '../support/neural-models.ts';

/** Beside the plain JavaScript reference: wasm, and TensorFlow where it is installed. */
const kinds = describeRuntimes().flatMap(({ kind, installed }): RuntimeKind[] =>
  kind === 'wasm' || (kind === 'tensorflow' && installed) ? [kind] : [],
);

let states: readonly ComponentState[];
let reference: readonly Float32Array[];
const scores = new Map<RuntimeKind, readonly Float32Array[]>();

beforeAll(async () => {
  states = await fitNeuralModels('wasm');
  reference = await neuralScores('cpu', states);
  for (const kind of kinds) scores.set(kind, await neuralScores(kind, states));
});

it.each(NEURAL_MODELS.map(([type, config], k) => ({ type, config: JSON.stringify(config), k })))(
  'scores the same on every runtime, given equal weights: $type $config',
  ({ k }) => {
    expect(reference[k]!.some(Number.isFinite)).toBe(true);
    for (const kind of kinds) expect(relativeDifference(reference[k]!, scores.get(kind)![k]!)).toBeLessThan(1e-4);
  },
);
