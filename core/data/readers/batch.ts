import type { Json } from '../../spi/index.ts';

/** A row that could not be read, and why. */
export interface RowProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly code: 'DATA_INVALID';
  readonly message: string;
}

/** Rows of one file, in its order, with the line each began on. */
export interface RowBatch<R> {
  readonly file: string;
  readonly rows: readonly R[];
  readonly lines: readonly number[];
  readonly problems: readonly RowProblem[];
}

export interface InteractionRow {
  readonly user: string;
  readonly item: string;
  readonly type: string;
  /** NaN = none. */
  readonly value: number;
  /** Milliseconds since the epoch; NaN = unknown. */
  readonly time: number;
  readonly context: Readonly<Record<string, Json>> | null;
}

/** What turning a row into a record answers instead when the row is malformed. */
export class Malformed {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Applies `read` to each row; those it finds malformed join the batch's problems. */
export async function* mapBatches<A, B extends object>(
  batches: AsyncIterable<RowBatch<A>>,
  read: (row: A) => B | Malformed,
): AsyncGenerator<RowBatch<B>> {
  for await (const batch of batches) {
    const { file } = batch;
    const rows: B[] = [];
    const lines: number[] = [];
    const problems = [...batch.problems];
    for (let k = 0; k < batch.rows.length; k++) {
      const row = read(batch.rows[k]!);
      const line = batch.lines[k]!;
      if (row instanceof Malformed) problems.push({ file, line, code: 'DATA_INVALID', message: row.message });
      else {
        rows.push(row);
        lines.push(line);
      }
    }
    problems.sort((a, b) => a.line - b.line);
    yield { file, rows, lines, problems };
  }
}
