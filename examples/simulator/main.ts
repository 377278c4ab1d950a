import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What an example says in the terminal. Shares are 0 .. 1 and printed in %. */
export interface Story {
  /** What was simulated and learned from. */
  readonly setting: string;
  readonly tables: readonly { readonly title: string; readonly rows: readonly Row[] }[];
  /** What to look at or try next. */
  readonly next: readonly string[];
}

/** A name, its share of the best possible, and what it is. */
export type Row = readonly [name: string, share: number, what: string];

/** Runs an example in a folder of its own and prints what came of it. */
export const runExample = async <R>(
  run: (storePath: string) => Promise<R>,
  tell: (report: R) => Story,
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'recograph-example-'));
  try {
    console.log(storyText(tell(await run(join(folder, 'store.sqlite')))));
  } finally {
    await rm(folder, { recursive: true });
  }
};

export const storyText = ({ setting, tables, next }: Story): string => {
  const width = Math.max(...tables.flatMap(({ rows }) => rows.map(([name]) => name.length)));
  const row = ([name, share, what]: Row) => `  ${name.padEnd(width)}  ${percent(share).padStart(7)}  ${what}`.trimEnd();
  return [
    setting,
    ...tables.flatMap(({ title, rows }) => ['', title, ...rows.map(row)]),
    '',
    ...next.map((line, k) => `${k === 0 ? 'Next: ' : '      '}${line}`),
  ].join('\n');
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** 36995 -> `36,995`. */
export const count = (value: number): string => value.toLocaleString('en-US');
