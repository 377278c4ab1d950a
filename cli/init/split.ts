import { readInteractions } from '../../core/data/index.ts';
import type { Columns } from './columns.ts';

/** Rows that are looked at. */
const SAMPLE = 200_000;
const TEST = 0.2;
/** A split by time is written where at least this share of the events stays to learn from, and has a time. */
const ENOUGH = 0.5;

/** How the events are parted, as the config writes it, and why where it is not by time. */
export interface ChosenSplit {
  readonly use: 'temporal' | 'random';
  readonly why?: string;
}

/**
 * By time where the file's times can part its events, else at random. A day's worth of events, say, all of one date,
 * cannot be parted by time.
 */
export const chooseSplit = async (file: string, columns: Columns): Promise<ChosenSplit> => {
  if (columns.time === undefined) {
    return { use: 'random', why: 'The file has no time column that init knows' };
  }
  const { times, rows } = await timesOf(file, columns);
  if (rows === 0) return { use: 'temporal' };
  if (times.length < ENOUGH * rows) {
    return { use: 'random', why: `Only ${times.length} of ${rows} rows have a time in the column ${columns.time}` };
  }
  times.sort((a, b) => a - b);
  const from = times[Math.max(0, times.length - Math.round(TEST * rows))]!;
  const before = rows - times.length + times.findIndex((time) => time >= from);
  if (before >= ENOUGH * rows) return { use: 'temporal' };
  const share = Math.round((100 * (rows - before)) / rows);
  return {
    use: 'random',
    why: `${share} % of the events are of ${new Date(from).toISOString()} or later, too many to test on`,
  };
};

const timesOf = async (file: string, columns: Columns): Promise<{ times: number[]; rows: number }> => {
  const times: number[] = [];
  let rows = 0;
  for await (const batch of readInteractions({ path: file, format: 'csv', columns })) {
    rows += batch.rows.length + batch.problems.length;
    for (const { time } of batch.rows) if (Number.isFinite(time)) times.push(time);
    if (rows >= SAMPLE) break;
  }
  return { times, rows };
};
