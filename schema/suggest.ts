import leven from 'leven';
import type { Store } from 'recograph';

/** How far a misspelt id may be from the one that was meant. */
const MAX_EDITS = 2;
const LOOKED_AT = 100;
/** The time to compare two ids grows with the product of their lengths; nobody misspells longer ones by hand. */
const MAX_LENGTH = 100;

/** A known item id close to one that is not known: by case and blanks, or among the ids that begin as it does. */
export const suggestItem = async (store: Store, id: string): Promise<string | null> => {
  if (id.length > MAX_LENGTH) return null;
  const variants = [...new Set([id.trim(), id.toLowerCase(), id.toUpperCase()])];
  const known = (await store.items(variants)).find((record) => record !== undefined);
  if (known) return known.id;
  const prefixes = [id.slice(0, -1), id.slice(0, -2)].filter((prefix) => prefix !== '');
  const pages = await Promise.all(
    prefixes.map((after) => store.listItems({ first: LOOKED_AT, after, filter: { available: null } })),
  );
  const near = [...(await store.items(prefixes)), ...pages.flatMap(({ items }) => items)].flatMap(
    (item) => item?.id ?? [],
  );
  const ranked = near
    .filter((candidate) => candidate.length <= MAX_LENGTH + MAX_EDITS)
    .map((candidate) => ({ candidate, edits: leven(candidate, id) }))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0] && ranked[0].edits <= MAX_EDITS ? ranked[0].candidate : null;
};
