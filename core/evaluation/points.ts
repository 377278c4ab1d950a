import { gatherFeatures } from '../data/index.ts';
import { type Dataset, type FittedModel, type QueryBatch, RecographError, type ScoredRows } from '../spi/index.ts';
import type { Parts } from './parts.ts';

/** Test rows with a model's scores; rows it cannot score (NaN) are left out and counted. */
export interface PointScores extends ScoredRows {
  /** The user of each row. */
  readonly users: Int32Array;
  readonly unscored: number;
}

export interface PointJob {
  readonly parts: Parts;
  readonly data: Dataset;
  /** The queries of these test rows. */
  queries(users: Int32Array, testRows: Uint32Array): QueryBatch;
  timed<T>(call: () => Promise<T>): Promise<T>;
  turn(done: number): Promise<void>;
}

const BATCH_ROWS = 4096;

/** Scores every test row's item in the row's own context. */
export const scoreTestRows = async (name: string, model: FittedModel, job: PointJob): Promise<PointScores> => {
  const test = job.parts.test.interactions;
  const scores = new Float32Array(test.length);
  for (let from = 0; from < test.length; from += BATCH_ROWS) {
    const to = Math.min(test.length, from + BATCH_ROWS);
    const rows = Uint32Array.from({ length: to - from }, (_, k) => from + k);
    const indices = test.items.slice(from, to);
    const queries = job.queries(test.users.slice(from, to), rows);
    const offsets = Uint32Array.from({ length: to - from + 1 }, (_, k) => k);
    const features = gatherFeatures(job.data.itemFeatures, indices);
    const batch = await job.timed(() => model.score(queries, { kind: 'ragged', offsets, indices, features }));
    if (batch.length !== to - from) {
      const message = `${name} gave ${batch.length} scores for ${to - from} test rows.`;
      throw new RecographError('INTERNAL', message, { at: name });
    }
    scores.set(batch, from);
    await job.turn(to);
  }
  const scored = Uint32Array.from(scores.keys()).filter((row) => !Number.isNaN(scores[row]!));
  return {
    scores: Float32Array.from(scored, (row) => scores[row]!),
    labels: Float32Array.from(scored, (row) => (test.weights[row]! > 0 ? 1 : 0)),
    values: Float32Array.from(scored, (row) => test.values[row]!),
    users: Int32Array.from(scored, (row) => test.users[row]!),
    unscored: test.length - scored.length,
  };
};
