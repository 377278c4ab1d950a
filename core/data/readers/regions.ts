import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { RecographError } from '../../spi/index.ts';
import type { RowProblem } from './batch.ts';

export type Encoding = 'utf8' | 'latin1';

/** Text of whole lines; `line` is the number of its first one, from 1. */
export interface Region {
  readonly text: string;
  readonly line: number;
  /** Lines that are not valid text; they stand in `text` as empty lines. */
  readonly problems: readonly RowProblem[];
}

const NEWLINE = 10;
const CHUNK_BYTES = 256 * 1024;
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** A text file as a stream of whole lines, without its byte order mark. Memory is one chunk. */
export async function* readRegions(file: string, encoding: Encoding = 'utf8'): AsyncGenerator<Region> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  let isFirst = true;
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (isFirst) bytes = withoutMark(bytes, file);
      isFirst = false;
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      rest = bytes.subarray(end);
      if (rest.length > MAX_LINE_BYTES) {
        throw invalid(file, line, `a line is longer than ${MAX_LINE_BYTES} bytes; is this a text file?`);
      }
      if (end === 0) continue;
      const region = decode(bytes.subarray(0, end), file, line, encoding);
      yield region;
      line += count(bytes, end);
    }
  } catch (error) {
    throw fileError(error, file);
  }
  if (rest.length > 0) yield decode(rest, file, line, encoding);
}

const fileError = (error: unknown, file: string): unknown => {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') {
    return new RecographError('DATA_INVALID', `${file} does not exist; check the path.`, { at: file, cause: error });
  }
  if (code === 'EISDIR' || code === 'EACCES' || code === 'EPERM') {
    return new RecographError('DATA_INVALID', `${file} cannot be read as a file (${code}).`, {
      at: file,
      cause: error,
    });
  }
  return error;
};

const invalid = (file: string, line: number, reason: string): RecographError =>
  new RecographError('DATA_INVALID', `${file}:${line}: ${reason}`, { at: `${file}:${line}` });

const withoutMark = (bytes: Buffer, file: string): Buffer => {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw invalid(file, 1, 'the file is UTF-16; save it as UTF-8.');
  }
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
};

const decode = (bytes: Buffer, file: string, line: number, encoding: Encoding): Region => {
  if (encoding === 'latin1' || isUtf8(bytes)) return { text: bytes.toString(encoding), line, problems: [] };
  const problems: RowProblem[] = [];
  let text = '';
  for (let start = 0, at = line; start < bytes.length; at++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const one = bytes.subarray(start, end);
    if (isUtf8(one)) text += one.toString('utf8');
    else {
      text += '\n';
      problems.push({
        file,
        line: at,
        code: 'DATA_INVALID',
        message: 'the line is not valid UTF-8; save the file as UTF-8',
      });
    }
    start = end;
  }
  return { text, line, problems };
};

const count = (bytes: Buffer, end: number): number => {
  let newlines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) newlines++;
  return newlines;
};
