import type { RuntimeKind } from 'recograph';
import { createRuntime } from '../../core/runtime/index.ts';
import { shapeLosses, shapeNames, shapeScores } from '../../test/support/network-shapes.ts';

/** How one shape of network does on a runtime, beside the plain JavaScript reference. */
export interface ShapeRow {
  readonly shape: string;
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** Largest difference of an epoch's loss; at most 1e-3. */
  readonly lossDifference: number;
  /** Largest difference of a score, given equal weights, relative to the largest score; at most 1e-4. */
  readonly scoreDifference: number;
  readonly seconds: number;
  readonly ok: boolean;
}

const measure = async (kind: RuntimeKind) => {
  const runtime = await createRuntime(kind);
  const shapes = [];
  for (const shape of shapeNames) {
    const started = performance.now();
    const losses = await shapeLosses(runtime, shape);
    const seconds = (performance.now() - started) / 1000;
    shapes.push({ shape, losses, seconds, scores: await shapeScores(runtime, shape) });
  }
  runtime.dispose();
  return shapes;
};

export const compareShapes = async (kind: RuntimeKind): Promise<ShapeRow[]> => {
  const reference = await measure('cpu');
  return (await measure(kind)).map(({ shape, losses, scores, seconds }, s) => {
    const expected = reference[s]!;
    const lossDifference = largest(losses.map((loss, epoch) => loss - expected.losses[epoch]!));
    const scoreDifference = largest(scores.map((score, k) => score - expected.scores[k]!)) / largest(expected.scores);
    return {
      shape,
      firstLoss: losses[0]!,
      lastLoss: losses.at(-1)!,
      lossDifference,
      scoreDifference,
      seconds,
      ok: lossDifference <= 1e-3 && scoreDifference <= 1e-4 && losses.at(-1)! < losses[0]!,
    };
  });
};

const largest = (values: readonly number[] | Float32Array): number => Math.max(...Array.from(values, Math.abs));
