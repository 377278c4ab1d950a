import { gatherFeatures, queriesOf } from '../data/index.ts';
import { createRng } from '../math/index.ts';
import type { ItemLabels } from '../pipeline/index.ts';
import type { Dataset, QueryBatch } from '../spi/index.ts';

/** What an event weighs while rankers learn, by its id: more than 1 where it was unlikely to be looked at. */
export type EventWeight = (eventId: number) => number;

/**
 * Requests that the users of `recent` could have made, with their history in `past`, and what they then liked.
 * One request a user; one an event where events carry a context, so that the ranker meets it. More than `limit`
 * requests are sampled.
 */
export const rankingQueries = (
  past: Dataset,
  recent: Dataset,
  limit: number,
  seed: number,
  weightOf?: EventWeight,
): { queries: QueryBatch; labels: ItemLabels } => {
  const { interactions } = recent;
  const perEvent = Object.keys(interactions.context.columns).length > 0;
  let groups: { user: number; rows: number[] }[] = [];
  for (let user = 0; user + 1 < interactions.userOffsets.length; user++) {
    const rows: number[] = [];
    for (let row = interactions.userOffsets[user]!; row < interactions.userOffsets[user + 1]!; row++) {
      if (interactions.weights[row]! > 0) rows.push(row);
    }
    if (perEvent) groups.push(...rows.map((row) => ({ user, rows: [row] })));
    else if (rows.length > 0) groups.push({ user, rows });
  }
  groups = sample(groups, limit, seed);

  const users = Int32Array.from(groups, ({ user }) => user);
  const queries = queriesOf(past, users, seed);
  const liked = groups.flatMap(({ rows }) => rows);
  const offsets = new Uint32Array(groups.length + 1);
  for (const [g, { rows }] of groups.entries()) offsets[g + 1] = offsets[g]! + rows.length;
  return {
    queries: perEvent
      ? {
          ...queries,
          context: gatherFeatures(
            interactions.context,
            groups.map(({ rows }) => rows[0]!),
          ),
          now: Float64Array.from(groups, ({ rows }) => known(interactions.times[rows[0]!]!, past.until)),
        }
      : queries,
    labels: {
      offsets,
      values: Int32Array.from(liked, (row) => interactions.items[row]!),
      ...(weightOf && { weights: Float32Array.from(liked, (row) => weightOf(interactions.eventIds[row]!)) }),
    },
  };
};

const known = (time: number, otherwise: number): number => (Number.isNaN(time) ? otherwise : time);

/** `limit` of the entries, in their order (selection sampling, Knuth 3.4.2 S). */
const sample = <T>(entries: T[], limit: number, seed: number): T[] => {
  if (entries.length <= limit) return entries;
  const rng = createRng(seed).fork('ranking groups');
  let wanted = limit;
  return entries.filter((_, k) => {
    if (rng.next() * (entries.length - k) >= wanted) return false;
    wanted--;
    return true;
  });
};
