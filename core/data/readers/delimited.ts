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

/** What is known of rows once the first of them was read; whoever reads them fills it in. */
export interface RowShape {
  /** Whether a record of several lines can be meant: an id holds no line break. */
  fits?: (fields: readonly string[]) => boolean;
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/**
 * The fields of each row. Lines without a quotation mark are split directly; others are read by RFC 4180 (quoted
 * delimiters, line ends and doubled quotes). A record whose quotation mark is not closed within a hundred lines, or
 * whose quoted lines do not fit what rows are like (another number of fields, a line break in an id), is a problem of
 * the line that it begins on, and reading goes on with the next line: one stray mark costs one row.
 */
export async function* readDelimited(
  file: string,
  dialect: Dialect,
  shape: RowShape = {},
): AsyncGenerator<RowBatch<string[]>> {
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
    let lines = [...carried, ...linesOf(region)];
    if (width === undefined) {
      // The first row comes by itself: who reads it says then what the others are like.
      const first = readLines(lines, { dialect, shape, width, isLast: false, max: 1 });
      width = first.width;
      yield { file, rows: first.rows, lines: first.lines, problems: problemsAt(file, first.open) };
      lines = first.rest;
    }
    const read = readLines(lines, { dialect, shape, width, isLast: false });
    width = read.width;
    carried = read.rest;
    yield { file, rows: read.rows, lines: read.lines, problems: [...region.problems, ...problemsAt(file, read.open)] };
  }
  while (carried.length > 0) {
    const read = readLines(carried, { dialect, shape, width, isLast: true });
    carried = read.rest;
    yield { file, rows: read.rows, lines: read.lines, problems: problemsAt(file, read.open) };
  }
}

const split = (file: string, { delimiter, trim }: Dialect, region: Region): RowBatch<string[]> => {
  const rows: string[][] = [];
  const lines: number[] = [];
  const blank = trim && new RegExp(`${delimiter} | ${delimiter}|^ | $`, 'm').test(region.text.replaceAll('\r', ''));
  for (const { text, line } of linesOf(region)) {
    if (text === '') continue;
    const fields = text.split(delimiter);
    rows.push(blank ? fields.map((field) => field.trim()) : fields);
    lines.push(line);
  }
  return { file, rows, lines, problems: region.problems };
};

/** Lines without their ends. */
function* linesOf({ text, line: first }: Region): Generator<Line> {
  for (let start = 0, line = first; start < text.length; line++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    yield { text: text.slice(start, stop), line };
    start = end + 1;
  }
}

interface Read {
  readonly rows: string[][];
  readonly lines: number[];
  /** Lines whose quotation mark is never closed. */
  readonly open: number[];
  /** Lines that are not read yet: of a record that may go on, or beyond `max`. */
  readonly rest: Line[];
  readonly width: number | undefined;
}

interface Reading {
  readonly dialect: Dialect;
  readonly shape: RowShape;
  /** Fields of the first row. */
  readonly width: number | undefined;
  readonly isLast: boolean;
  /** Rows to read; default: all. */
  readonly max?: number;
}

const readLines = (all: readonly Line[], reading: Reading): Read => {
  const rows: string[][] = [];
  const lines: number[] = [];
  const open: number[] = [];
  let { width } = reading;
  for (let at = 0; at < all.length; ) {
    if (all[at]!.text === '') {
      at++;
      continue;
    }
    const record = recordAt(all, at, { ...reading, width });
    if (record === 'unfinished') {
      if (!reading.isLast) return { rows, lines, open, rest: all.slice(at), width };
      open.push(all[at++]!.line);
    } else if (record === 'open') {
      open.push(all[at++]!.line);
    } else {
      width ??= record.fields.length;
      rows.push(record.fields);
      lines.push(all[at]!.line);
      at += record.lines;
      if (rows.length === reading.max) return { rows, lines, open, rest: all.slice(at), width };
    }
  }
  return { rows, lines, open, rest: [], width };
};

/** The record that begins at a line; `unfinished`: the lines that are there do not tell whether it ever ends. */
const recordAt = (
  all: readonly Line[],
  at: number,
  { dialect: { delimiter, trim }, shape, width }: Reading,
): { readonly fields: string[]; readonly lines: number } | 'open' | 'unfinished' => {
  let text = '';
  for (let count = 1; count <= MAX_LINES; count++) {
    const line = all[at + count - 1];
    if (!line) return 'unfinished';
    text = count === 1 ? line.text : `${text}\n${line.text}`;
    if (count > 1 && !line.text.includes('"')) continue;
    const fields = quotedFields(text, delimiter, trim);
    if (!fields) continue;
    const isMeant = (width === undefined || fields.length === width) && (shape.fits?.(fields) ?? true);
    if (count > 1 && !isMeant) return 'open';
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
