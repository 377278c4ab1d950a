import { RecographError, type Vocabulary } from '../../spi/index.ts';

/** Each user's negatives from a file: the union of the user's lines, ascending. */
export interface GivenCandidates {
  readonly byUser: ReadonlyMap<number, Int32Array>;
  /** Lines of users, and items, that no part of the split knows: left out, as nothing could score them. */
  readonly unknownUsers: number;
  readonly unknownItems: number;
}

/**
 * Reads candidate lines: `(user,positive)` and its negatives, tab-separated (`negatives`), or a user and its
 * candidates, blank-separated (`user-items`). The format is the first line's where none is given. Copies of the
 * positive are dropped. Throws DATA_INVALID with `file:line`.
 */
export const readCandidates = async (
  lines: AsyncIterable<string> | Iterable<string>,
  vocabulary: { readonly users: Vocabulary; readonly items: Vocabulary },
  options: { readonly file: string; readonly format?: 'negatives' | 'user-items' },
): Promise<GivenCandidates> => {
  const byUser = new Map<number, Set<number>>();
  let unknownUsers = 0;
  let unknownItems = 0;
  let number = 0;
  let { format } = options;
  for await (const raw of lines) {
    number++;
    const line = raw.trim();
    if (line === '') continue;
    format ??= line.startsWith('(') ? 'negatives' : 'user-items';
    const parsed = format === 'negatives' ? negatives(line) : userItems(line);
    if (!parsed) {
      const at = `${options.file}:${number}`;
      const wanted = format === 'negatives' ? '"(user,positive)" then tab-separated items' : 'a user then its items';
      throw new RecographError('DATA_INVALID', `${at} is "${line.slice(0, 60)}"; expected ${wanted}.`, { at });
    }
    const user = vocabulary.users.index(parsed.user);
    if (user < 0) {
      unknownUsers++;
      continue;
    }
    const items = byUser.get(user) ?? new Set();
    byUser.set(user, items);
    for (const id of parsed.items) {
      if (id === parsed.positive) continue;
      const item = vocabulary.items.index(id);
      if (item < 0) unknownItems++;
      else items.add(item);
    }
  }
  const sorted = new Map<number, Int32Array>();
  for (const [user, items] of byUser) sorted.set(user, Int32Array.from(items).sort());
  return { byUser: sorted, unknownUsers, unknownItems };
};

interface Line {
  user: string;
  positive?: string;
  items: string[];
}

const negatives = (line: string): Line | undefined => {
  const match = /^\(([^,()]+),([^()]+)\)(?:\s|$)/.exec(line);
  if (!match) return undefined;
  return {
    user: match[1]!.trim(),
    positive: match[2]!.trim(),
    items: line.slice(match[0].length).split(/\s+/).filter(Boolean),
  };
};

const userItems = (line: string): Line | undefined => {
  const [user, ...items] = line.split(/\s+/);
  return user && items.length > 0 ? { user, items } : undefined;
};
