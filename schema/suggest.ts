import { Mutex } from 'async-mutex';
import leven from 'leven';
import type { Store } from 'recograph';

/** How far a misspelt id may be from the one that was meant. */
const MAX_EDITS = 2;
const LOOKED_AT = 100;
/** The time to compare two ids grows with the product of their lengths; nobody misspells longer ones by hand. */
const MAX_LENGTH = 100;
/** Searches that wait for the one under way; more than that get no suggestion. */
const MAX_WAITING = 20;

/** A known item id close to one that is not known; null = none, or too many ask at once. */
export type Suggest = (id: string) => Promise<string | null>;

/** A suggestion is a help, not the answer: one search at a time, so that a thousand misspelt ids hold nobody up. */
export const createSuggest = (store: Store): Suggest => {
  const turn = new Mutex();
  let waiting = 0;
  return async (id) => {
    if (id.length > MAX_LENGTH || waiting >= MAX_WAITING) return null;
    waiting++;
    return turn.runExclusive(() => closest(store, id)).finally(() => waiting--);
  };
};

/** By case and blanks, or among the ids that begin as it does. */
const closest = async (store: Store, id: string): Promise<string | null> => {
  const variants = [...new Set([id.trim(), id.toLowerCase(), id.toUpperCase()])];
  const known = (await store.items(variants)).find((record) => record !== undefined);
  if (known) return known.id;
  const prefixes = [id.slice(0, -1), id.slice(0, -2)].filter((prefix) => prefix !== '');
  const near = (await store.items(prefixes)).flatMap((item) => item?.id ?? []);
  for (const after of prefixes) {
    const { items } = await store.listItems({ first: LOOKED_AT, after, filter: { available: null } });
    for (const item of items) near.push(item.id);
  }
  const ranked = near
    .filter((candidate) => Math.abs(candidate.length - id.length) <= MAX_EDITS)
    .map((candidate) => ({ candidate, edits: leven(candidate, id) }))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0] && ranked[0].edits <= MAX_EDITS ? ranked[0].candidate : null;
};
