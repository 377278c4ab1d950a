import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import type { RowBatch, RowProblem } from './batch.ts';
import { type Encoding, type Region, readRegions } from './regions.ts';

export interface Dialect {
  readonly delimiter: string;
  /** false: a quotation mark is an ordinary character. */
  readonly quotes: boolean;
  readonly encoding: Encoding;
}

export const CSV: Dialect = { delimiter: ',', quotes: true, encoding: 'utf8' };
export const TSV: Dialect = { delimiter: '\t', quotes: true, encoding: 'utf8' };

/**
 * The fields of each row. Up to the first quotation mark lines are split directly, which is several times faster;
 * from there on csv-parse reads the file (RFC 4180: quoted delimiters, line ends and doubled quotes).
 */
export async function* readDelimited(file: string, dialect: Dialect): AsyncGenerator<RowBatch<string[]>> {
  const regions = readRegions(file, dialect.encoding);
  for await (const region of regions) {
    if (dialect.quotes && region.text.includes('"')) {
      yield* readQuoted(file, dialect, region, regions);
      return;
    }
    yield split(file, dialect.delimiter, region);
  }
}

const split = (file: string, delimiter: string, region: Region): RowBatch<string[]> => {
  const { text } = region;
  const rows: string[][] = [];
  const lines: number[] = [];
  let line = region.line;
  for (let start = 0; start < text.length; line++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    if (stop > start) {
      rows.push(text.slice(start, stop).split(delimiter));
      lines.push(line);
    }
    start = end + 1;
  }
  return { file, rows, lines, problems: region.problems };
};

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

const BATCH_ROWS = 4096;

async function* readQuoted(
  file: string,
  dialect: Dialect,
  first: Region,
  others: AsyncGenerator<Region>,
): AsyncGenerator<RowBatch<string[]>> {
  let problems: RowProblem[] = [];
  const texts = async function* () {
    for (let region: Region | undefined = first; region; region = (await others.next()).value as Region | undefined) {
      problems.push(...region.problems);
      yield region.text;
    }
  };
  const before = first.line - 1;
  const parser = parse({
    delimiter: dialect.delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      const line = before + (typeof error?.lines === 'number' ? error.lines : 0);
      problems.push({
        file,
        line,
        code: 'DATA_INVALID',
        message: `the quoting is broken: ${error?.message ?? 'unknown'}`,
      });
      return undefined;
    },
  });
  const source = Readable.from(texts());
  source.on('error', (error) => parser.destroy(error));
  let rows: string[][] = [];
  let lines: number[] = [];
  for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
    rows.push(record);
    lines.push(before + info.lines - newlinesIn(record));
    if (rows.length < BATCH_ROWS) continue;
    yield { file, rows, lines, problems };
    rows = [];
    lines = [];
    problems = [];
  }
  yield { file, rows, lines, problems };
}

/** csv-parse gives the line a record ends on; a quoted field may span lines. */
const newlinesIn = (record: readonly string[]): number => {
  let newlines = 0;
  for (const field of record) if (field.includes('\n')) newlines += field.split('\n').length - 1;
  return newlines;
};
