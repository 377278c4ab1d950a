import type { Limits } from '../spi/index.ts';
import type { Failures } from './failures.ts';
import type { RequestBatch } from './types.ts';

/** Requests of a batch that share one filter, on their way through the funnel. */
export interface Part {
  readonly batch: RequestBatch;
  readonly limits: Limits;
  readonly failures: Failures;
  readonly strict: boolean;
}

/**
 * The queries of a part that still have time, ascending; the others get DEADLINE_EXCEEDED for this stage.
 * `among` limits which queries want the stage at all.
 */
export const inTime = (
  { batch, failures }: Part,
  stage: string,
  now: number,
  among?: (query: number) => boolean,
): Int32Array => {
  const active: number[] = [];
  for (let q = 0; q < batch.queries.size; q++) {
    if (among && !among(q)) continue;
    if (now < batch.deadline[q]!) active.push(q);
    else failures.add(stage, q, 'DEADLINE_EXCEEDED', 'The deadline had passed before this stage; it was left out.');
  }
  return Int32Array.from(active);
};
