import { readFileSync } from 'node:fs';
import { createDataset, createVocabulary, type Dataset, sortInteractions } from 'recograph';
import { createRng } from 'recograph/math';

/** Pairs of a file whose lines are a user and its items, blank-separated; ids are integers. */
export const readUserItems = (path: string): { users: Int32Array; items: Int32Array } => {
  const bytes = readFileSync(path);
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

/** Events drawn at random, items by a square law: the first ones are popular. */
export const generated = (events: number, userCount: number, itemCount: number): Dataset => {
  const rng = createRng(5);
  const users = new Int32Array(events);
  const items = new Int32Array(events);
  for (let k = 0; k < events; k++) {
    users[k] = rng.int(userCount);
    items[k] = Math.min(itemCount - 1, Math.floor(itemCount * rng.next() ** 2));
  }
  return datasetOf({ users, items }, userCount, itemCount);
};
