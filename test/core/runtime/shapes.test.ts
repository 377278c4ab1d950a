import type { RuntimeKind } from 'recograph';
import { expect, it } from 'vitest';
import { createRuntime, describeRuntimes } from '../../../core/runtime/index.ts';
import { shapeLosses, shapeNames, shapeScores } from '../../support/network-shapes.ts';

const measuredOn = async (kind: RuntimeKind, shape: string) => {
  const runtime = await createRuntime(kind);
  try {
    return { losses: await shapeLosses(runtime, shape), scores: await shapeScores(runtime, shape) };
  } finally {
    runtime.dispose();
  }
};

/** The cpu reference, and TensorFlow where it is installed. */
const others = describeRuntimes().flatMap(({ kind, installed }): RuntimeKind[] =>
  kind === 'cpu' || (kind === 'tensorflow' && installed) ? [kind] : [],
);

it.each(shapeNames)('trains and scores the same on every runtime: %s', async (shape) => {
  const wasm = await measuredOn('wasm', shape);
  expect(wasm.losses.at(-1)!).toBeLessThan(wasm.losses[0]!);
  const largest = wasm.scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
  for (const kind of others) {
    const { losses, scores } = await measuredOn(kind, shape);
    for (const [epoch, loss] of losses.entries()) expect(Math.abs(wasm.losses[epoch]! - loss)).toBeLessThan(1e-3);
    for (const [k, score] of scores.entries()) expect(Math.abs(wasm.scores[k]! - score)).toBeLessThan(1e-4 * largest);
  }
});
