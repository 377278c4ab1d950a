import type { RowBatch, RowProblem } from './batch.ts';
import { quotedFields } from './quoted-fields.ts';
import { type Encoding, type Region, readRegions } from './regions.ts';

export interface Dialect {
  readonly delimiter: string;
  /** false: a quotation mark is an ordinary character. */
  readonly quotes: boolean;
  readonly encoding: Encoding;
  /** Whether blanks around unquoted fields are left out. */
  readonly trim: boolean;
}

export const CSV: Dialect = { delimiter: ',', quotes: true, encoding: 'utf8', trim: true };
export const TSV: Dialect = { delimiter: '\t', quotes: false, encoding: 'utf8', trim: true };

/** A quoted field that is not closed within so many lines never is. */
const MAX_LINES = 100;

interface Line {
  readonly text: string;
  readonly line: number;
}

/**
 * The fields of each row. Lines without a quotation mark are split directly; others are read by RFC 4180 (quoted
 * delimiters, line ends and doubled quotes). A record whose quotation mark is not closed within a hundred lines, or
 * whose quoted lines give another number of fields than the first row, is a problem of the line that it begins on, and
 * reading goes on with the next line: one stray mark costs one row.
 */
export async function* readDelimited(file: string, dialect: Dialect): AsyncGenerator<RowBatch<string[]>> {
  let width: number | undefined;
  /** Lines of a record that may go on in the next region. */
  let carried: Line[] = [];
  for await (const region of readRegions(file, dialect.encoding)) {
    if (!dialect.quotes || (carried.length === 0 && !region.text.includes('"'))) {
      const batch = split(file, dialect, region);
      width ??= batch.rows[0]?.length;
      yield batch;
      continue;
    }
    const read = readLines([...carried, ...linesOf(region)], dialect, width, false);
    width = read.width;
    carried = read.rest;
    yield { file, rows: read.rows, lines: read.lines, problems: [...region.problems, ...problemsAt(file, read.open)] };
  }
  while (carried.length > 0) {
    const read = readLines(carried, dialect, width, true);
    carried = read.rest;
    yield { file, rows: read.rows, lines: read.lines, problems: problemsAt(file, read.open) };
  }
}

const split = (file: string, { delimiter, trim }: Dialect, region: Region): RowBatch<string[]> => {
  const rows: string[][] = [];
  const lines: number[] = [];
  const blank = trim && new RegExp(`${delimiter} | ${delimiter}|^ | $`, 'm').test(region.text.replaceAll('\r', ''));
  for (const { text, line } of linesOf(region)) {
    const fields = text.split(delimiter);
    rows.push(blank ? fields.map((field) => field.trim()) : fields);
    lines.push(line);
  }
  return { file, rows, lines, problems: region.problems };
};

/** Lines that are not empty, without their ends. */
function* linesOf({ text, line: first }: Region): Generator<Line> {
  for (let start = 0, line = first; start < text.length; line++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    if (stop > start) yield { text: text.slice(start, stop), line };
    start = end + 1;
  }
}

interface Read {
  readonly rows: string[][];
  readonly lines: number[];
  /** Lines whose quotation mark is never closed. */
  readonly open: number[];
  /** Lines that may belong to a record which goes on. */
  readonly rest: Line[];
  readonly width: number | undefined;
}

const readLines = (all: readonly Line[], dialect: Dialect, known: number | undefined, isLast: boolean): Read => {
  const rows: string[][] = [];
  const lines: number[] = [];
  const open: number[] = [];
  let width = known;
  for (let at = 0; at < all.length; ) {
    const record = recordAt(all, at, dialect, width);
    if (record === 'unfinished') {
      if (!isLast) return { rows, lines, open, rest: all.slice(at), width };
      open.push(all[at++]!.line);
    } else if (record === 'open') {
      open.push(all[at++]!.line);
    } else {
      width ??= record.fields.length;
      rows.push(record.fields);
      lines.push(all[at]!.line);
      at += record.lines;
    }
  }
  return { rows, lines, open, rest: [], width };
};

/** The record that begins at a line; `unfinished`: the lines that are there do not tell whether it ever ends. */
const recordAt = (
  all: readonly Line[],
  at: number,
  { delimiter, trim }: Dialect,
  width: number | undefined,
): { readonly fields: string[]; readonly lines: number } | 'open' | 'unfinished' => {
  let text = '';
  for (let count = 1; count <= MAX_LINES; count++) {
    const line = all[at + count - 1];
    if (!line) return 'unfinished';
    text = count === 1 ? line.text : `${text}\n${line.text}`;
    if (count > 1 && !line.text.includes('"')) continue;
    const fields = quotedFields(text, delimiter, trim);
    if (!fields) continue;
    if (count > 1 && width !== undefined && fields.length !== width) return 'open';
    return { fields, lines: count };
  }
  return 'open';
};

const problemsAt = (file: string, lines: readonly number[]): RowProblem[] =>
  lines.map((line) => ({
    file,
    line,
    code: 'DATA_INVALID',
    message:
      'a field begins with a quotation mark that nothing closes; double the marks inside a field, or take it out',
  }));
