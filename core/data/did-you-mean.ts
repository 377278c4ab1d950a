import { closestMatch } from 'leven';

/** ` Did you mean "als"?` when one of `known` is near enough to be a slip of the hand, or begins so; else ''. */
export const didYouMean = (given: string, known: readonly string[]): string => {
  const maxDistance = Math.min(given.length - 1, Math.max(2, Math.floor(given.length * 0.4)));
  const near = maxDistance < 1 ? undefined : closestMatch(given, known, { maxDistance });
  const closest = near ?? (given.length < 3 ? undefined : known.find((name) => name.startsWith(given)));
  return closest === undefined ? '' : ` Did you mean "${closest}"?`;
};
