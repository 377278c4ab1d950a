import { type FileHandle, open } from 'node:fs/promises';
import { RecographError } from '../../spi/index.ts';
import type { RowProblem } from '../readers/batch.ts';

const KEPT = 100;

/** Rows left out: the first hundred in memory, all of them as JSON lines in `path`, which exists only if there are any. */
export const createRejects = (path: string, onError: 'fail' | 'skip') => {
  const first: RowProblem[] = [];
  let count = 0;
  let file: FileHandle | undefined;
  const leaveOut = async (problems: readonly RowProblem[]): Promise<void> => {
    if (problems.length === 0) return;
    file ??= await open(path, 'w');
    count += problems.length;
    first.push(...problems.slice(0, KEPT - first.length));
    await file.appendFile(problems.map((problem) => `${JSON.stringify(problem)}\n`).join(''));
  };
  return {
    first: first as readonly RowProblem[],
    get count() {
      return count;
    },
    get file() {
      return file ? path : null;
    },
    add: async (problems: readonly RowProblem[]): Promise<void> => {
      if (problems.length === 0) return;
      if (onError === 'fail') throw rejection(problems[0]!);
      await leaveOut(problems);
    },
    /** Leaves rows out whatever `onError` says: they are well formed, but cannot be meant. */
    leaveOut,
    close: async (): Promise<void> => file?.close(),
  };
};

const rejection = ({ file, line, message }: RowProblem): RecographError =>
  new RecographError(
    'DATA_INVALID',
    `${file}:${line}: ${message}. Nothing was imported; correct it, or import with --on-error skip.`,
    { at: `${file}:${line}` },
  );
