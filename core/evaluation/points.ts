import { gatherFeatures } from '../data/index.ts';
import type { Dataset, FittedModel, QueryBatch, ScoredRows } from '../spi/index.ts';
import { checkLength } from './answers.ts';
import type { Parts } from './parts.ts';

/** Test rows with a model's scores; rows it cannot score (NaN) are left out and counted. */
export interface PointScores extends ScoredRows {
  /** The user of each row. */
  readonly users: Int32Array;
  readonly unscored: number;
}

export interface PointJob {
  readonly parts: Parts;
  /** What queries are made of. */
  readonly history: Dataset;
  /** The queries of these test rows. */
  queries(users: Int32Array, testRows: Uint32Array): QueryBatch;
  timed<T>(call: () => Promise<T>): Promise<T>;
  turn(done: number): Promise<void>;
}

const BATCH_ROWS = 4096;
/** Events of histories held at once, unless one row alone has more. */
const BATCH_EVENTS = 1_048_576;

/** Scores every test row's item in the row's own context. */
export const scoreTestRows = async (name: string, model: FittedModel, job: PointJob): Promise<PointScores> => {
  const test = job.parts.test.interactions;
  const scores = new Float32Array(test.length);
  for (let from = 0, to = 0; from < test.length; from = to) {
    to = batchEnd(test.users, from, job.history.interactions.userOffsets);
    const rows = Uint32Array.from({ length: to - from }, (_, k) => from + k);
    const indices = test.items.slice(from, to);
    const queries = job.queries(test.users.slice(from, to), rows);
    const offsets = Uint32Array.from({ length: to - from + 1 }, (_, k) => k);
    const features = gatherFeatures(job.history.itemFeatures, indices);
    const batch = await job.timed(() => model.score(queries, { kind: 'ragged', offsets, indices, features }));
    checkLength(name, batch, to - from);
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

const batchEnd = (users: Int32Array, from: number, offsets: Uint32Array): number => {
  const last = Math.min(users.length, from + BATCH_ROWS);
  let events = 0;
  let to = from;
  for (; to < last; to++) {
    events += offsets[users[to]! + 1]! - offsets[users[to]!]!;
    if (to > from && events > BATCH_EVENTS) break;
  }
  return to;
};
