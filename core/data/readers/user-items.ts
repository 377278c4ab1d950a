import type { InteractionRow, RowBatch, RowProblem } from './batch.ts';
import { readLines } from './lines.ts';

/** Each line: a user, then its items in time order, separated by blanks. */
export async function* readUserItems(file: string): AsyncGenerator<RowBatch<InteractionRow>> {
  for await (const batch of readLines(file)) {
    const rows: InteractionRow[] = [];
    const lines: number[] = [];
    const problems: RowProblem[] = [...batch.problems];
    batch.rows.forEach((text, k) => {
      const [user, ...items] = text.trim().split(/\s+/);
      for (const item of items) {
        rows.push({ user: user!, item, type: 'interaction', value: Number.NaN, time: Number.NaN, context: null });
        lines.push(batch.lines[k]!);
      }
    });
    yield { file, rows, lines, problems };
  }
}
