import type { RowBatch } from './batch.ts';
import { type Encoding, readRegions } from './regions.ts';

/** The file's lines that are not blank, without their line ends. */
export async function* readLines(file: string, encoding: Encoding = 'utf8'): AsyncGenerator<RowBatch<string>> {
  for await (const region of readRegions(file, encoding)) {
    const rows: string[] = [];
    const lines: number[] = [];
    let line = region.line;
    for (const text of region.text.split('\n')) {
      const row = text.endsWith('\r') ? text.slice(0, -1) : text;
      if (row.trim() !== '') {
        rows.push(row);
        lines.push(line);
      }
      line++;
    }
    yield { file, rows, lines, problems: region.problems };
  }
}
