import type { RuntimeKind } from 'recograph';
import { beforeAll, expect, it } from 'vitest';
import { describeRuntimes } from '../../core/runtime/index.ts';
import {
  fitNeuralModels,
  NEURAL_MODELS,
  neuralScores,
  relativeDifference,
  type Trained,
} from '../support/neural-models.ts';

/** Beside the plain JavaScript reference: wasm, and TensorFlow where it is installed. */
const kinds = describeRuntimes().flatMap(({ kind, installed }): RuntimeKind[] =>
  kind === 'wasm' || (kind === 'tensorflow' && installed) ? [kind] : [],
);

let trained: readonly Trained[];
let reference: readonly Float32Array[];
const scores = new Map<RuntimeKind, readonly Float32Array[]>();
const others = new Map<RuntimeKind, readonly Trained[]>();

beforeAll(async () => {
  trained = await fitNeuralModels('cpu');
  const states = trained.map(({ state }) => state);
  reference = await neuralScores('cpu', states);
  for (const kind of kinds) {
    scores.set(kind, await neuralScores(kind, states));
    others.set(kind, await fitNeuralModels(kind));
  }
});

const lines = NEURAL_MODELS.map(([type, config], k) => ({ type, config: JSON.stringify(config), k }));

it.each(lines)('scores the same on every runtime, given equal weights: $type $config', ({ k }) => {
  expect(reference[k]!.some(Number.isFinite)).toBe(true);
  for (const kind of kinds) expect(relativeDifference(reference[k]!, scores.get(kind)![k]!)).toBeLessThan(1e-4);
});

it.each(lines)('learns the same on every runtime from one seed: $type $config', ({ k }) => {
  const { losses } = trained[k]!;
  expect(losses.every(Number.isFinite)).toBe(true);
  for (const kind of kinds) {
    losses.forEach((loss, epoch) => {
      expect(Math.abs(others.get(kind)![k]!.losses[epoch]! - loss)).toBeLessThan(1e-3 * Math.max(1, loss));
    });
  }
});
