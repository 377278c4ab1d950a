import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDataset, createVocabulary, type Dataset, sortInteractions } from 'recograph';

export const dataPath = (...path: string[]): string => join(process.env.RECOGRAPH_DATA ?? '../shared/data', ...path);

/** Pairs of a file whose lines are a user and its items, blank-separated; ids are integers. */
export const readUserItems = (...path: string[]): { users: Int32Array; items: Int32Array } => {
  const bytes = readFileSync(dataPath(...path));
  const users = new Int32Array(bytes.length / 2);
  const items = new Int32Array(bytes.length / 2);
  let size = 0;
  let user = -1;
  let value = -1;
  for (let at = 0; at <= bytes.length; at++) {
    const code = at < bytes.length ? bytes[at]! : 10;
    if (code >= 48 && code <= 57) {
      value = (value < 0 ? 0 : value * 10) + code - 48;
      continue;
    }
    if (value >= 0 && user < 0) user = value;
    else if (value >= 0) {
      users[size] = user;
      items[size++] = value;
    }
    value = -1;
    if (code === 10) user = -1;
  }
  return { users: users.slice(0, size), items: items.slice(0, size) };
};

/** A dataset whose index i stands for the id i. */
export const datasetOf = (
  events: { users: Int32Array; items: Int32Array },
  userCount: number,
  itemCount: number,
): Dataset => {
  const ids = (n: number) => createVocabulary(Array.from({ length: n }, (_, i) => String(i)));
  return createDataset({
    users: ids(userCount),
    items: ids(itemCount),
    interactions: sortInteractions(events, userCount),
  });
};

export const largest = (values: Int32Array): number => values.reduce((a, b) => Math.max(a, b), 0);

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
};
