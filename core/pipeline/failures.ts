import type { Log } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import type { StageFailure } from './types.ts';

/** Collects what went wrong in one run, query by query. */
export interface Failures {
  /** Runs a stage; what it throws is kept as a failure of these queries and answered with undefined. */
  attempt<T>(stage: string, queries: ArrayLike<number>, run: () => Promise<T> | T): Promise<T | undefined>;
  add(stage: string, query: number, code: string, message: string): void;
  of(query: number): readonly StageFailure[];
}

const NONE: readonly StageFailure[] = [];

/** With `strict`, failures are thrown instead. */
export const createFailures = (pipeline: string, log: Log, strict: boolean): Failures => {
  const byQuery = new Map<number, StageFailure[]>();
  const add: Failures['add'] = (stage, query, code, message) => {
    const list = byQuery.get(query) ?? [];
    list.push({ stage, code, message });
    byQuery.set(query, list);
  };
  return {
    add,
    of: (query) => byQuery.get(query) ?? NONE,
    attempt: async (stage, queries, run) => {
      try {
        return await run();
      } catch (error) {
        if (strict) throw error;
        const code = error instanceof RecographError ? error.code : 'INTERNAL';
        const message = error instanceof Error ? error.message : String(error);
        log.warn({ pipeline, stage, code, err: error }, 'a pipeline stage failed and was left out');
        for (let k = 0; k < queries.length; k++) add(stage, queries[k]!, code, message);
        return undefined;
      }
    },
  };
};
