import type { RuntimeKind } from 'recograph';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeRuntimes } from '../../core/runtime/index.ts';
import { fitNeuralExtractors, NEURAL_EXTRACTORS, neuralVectors } from '../support/neural-extractors.ts';
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

describe.each([
  { what: 'models', cases: NEURAL_MODELS, fit: fitNeuralModels, numbersOn: neuralScores },
  { what: 'extractors', cases: NEURAL_EXTRACTORS, fit: fitNeuralExtractors, numbersOn: neuralVectors },
])('$what', ({ cases, fit, numbersOn }) => {
  let trained: readonly Trained[];
  let reference: readonly Float32Array[];
  const numbers = new Map<RuntimeKind, readonly Float32Array[]>();
  const others = new Map<RuntimeKind, readonly Trained[]>();

  beforeAll(async () => {
    trained = await fit('cpu');
    const states = trained.map(({ state }) => state);
    reference = await numbersOn('cpu', states);
    for (const kind of kinds) {
      numbers.set(kind, await numbersOn(kind, states));
      others.set(kind, await fit(kind));
    }
  }, 120_000);

  const lines = cases.map(([type, config], k) => ({ type, config: JSON.stringify(config), k }));

  it.each(lines)('give the same numbers on every runtime, given equal weights: $type $config', ({ k }) => {
    expect(reference[k]!.some(Number.isFinite)).toBe(true);
    for (const kind of kinds) expect(relativeDifference(reference[k]!, numbers.get(kind)![k]!)).toBeLessThan(1e-4);
  });

  it.each(lines)('learn the same on every runtime from one seed: $type $config', ({ k }) => {
    const { losses } = trained[k]!;
    expect(losses.every(Number.isFinite)).toBe(true);
    for (const kind of kinds) {
      losses.forEach((loss, epoch) => {
        expect(Math.abs(others.get(kind)![k]!.losses[epoch]! - loss)).toBeLessThan(1e-3 * Math.max(1, loss));
      });
    }
  });
});
