import cliProgress from 'cli-progress';
import { RecographError } from '../core/spi/error.ts';

/** What a command may print to: one JSON document or readable text on stdout, everything else on stderr. */
export interface Output {
  readonly json: boolean;
  /** The command's result; with --json exactly this document is printed. */
  result(document: unknown, text: () => string): void;
  /** One line of a streamed result (many users). */
  line(document: unknown): void;
  note(message: string): void;
  /** What the reader should know beside the result; part of the document with --json, so printed only without. */
  warn(warnings: readonly string[]): void;
  /** A bar on a terminal, plain lines at most once a second in a pipe. */
  progress(label: string): ProgressLine;
}

export interface ProgressLine {
  update(done: number, total: number, detail?: string): void;
  stop(): void;
}

export const createOutput = (json: boolean, clock: () => number = Date.now): Output => ({
  json,
  result: (document, text) => {
    process.stdout.write(`${json ? JSON.stringify(document) : text()}\n`);
  },
  line: (document) => {
    process.stdout.write(`${JSON.stringify(document)}\n`);
  },
  note: (message) => {
    process.stderr.write(`${message}\n`);
  },
  warn: (warnings) => {
    if (!json) for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
  },
  progress: (label) => (process.stderr.isTTY ? barLine(label) : plainLine(label, clock)),
});

const barLine = (label: string): ProgressLine => {
  const bar = new cliProgress.SingleBar({
    format: `${label} {bar} {percentage}% {value}/{total} {detail}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: false,
    barsize: 24,
  });
  let started = false;
  return {
    update: (done, total, detail = '') => {
      if (!started) bar.start(total, done, { detail });
      else {
        bar.setTotal(total);
        bar.update(done, { detail });
      }
      started = true;
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
};

const plainLine = (label: string, clock: () => number): ProgressLine => {
  let printed = Number.NEGATIVE_INFINITY;
  return {
    update: (done, total, detail = '') => {
      if (clock() - printed < 1000 && done < total) return;
      printed = clock();
      process.stderr.write(`${label} ${done}/${total} ${detail}\n`);
    },
    stop: () => {},
  };
};

/** Prints a failure and gives the exit code: 1 failed, 2 wrong use. */
export const reportFailure = (error: unknown, json: boolean): number => {
  const known = error instanceof RecographError;
  const code = known ? error.code : 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    const at = known && error.at !== undefined ? { at: error.at } : {};
    process.stdout.write(`${JSON.stringify({ error: { code, message, ...at } })}\n`);
  } else {
    process.stderr.write(`${code}: ${message}\n`);
    if (!known && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
  return code === 'USAGE' ? 2 : 1;
};
