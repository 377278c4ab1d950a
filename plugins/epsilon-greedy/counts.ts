import type { Json, KeptState, StateChange } from 'recograph';

/** How often an item was shown, and how often that was rewarded. */
export interface Count {
  readonly shown: number;
  readonly rewards: number;
}

/** `[id, shown, rewards]`, oldest first. */
type Entry = readonly [string, number, number];

/** Counts lie in buckets by a hash of the id, so that a change copies one bucket and not everything. */
const BUCKETS = 256;
/** At most 16,384 items are remembered; the one that came first in a full bucket is forgotten. */
const BUCKET_SIZE = 64;

const NEVER: Count = { shown: 0, rewards: 0 };

/** Counts of what was shown, and of the events of these types (undefined = any) on items that had been shown. */
export const keptCounts = (name: string, rewards: readonly string[] | undefined): KeptState => ({
  name,
  initial: [],
  reduce: (state, change: StateChange) => {
    if (change.kind === 'shown') return change.items.reduce<Json>((now, item) => added(now, item, 1, 0), state);
    const counts = change.shown && (rewards === undefined || rewards.includes(change.type));
    return counts ? added(state, change.item, 0, 1) : state;
  },
});

/** An item's counts; zero for what is not remembered and while there is no state yet. */
export const countOf = (state: unknown, id: string): Count => {
  const entry = bucketsOf(state)[hash(id)]?.find(([known]) => known === id);
  return entry ? { shown: entry[1], rewards: entry[2] } : NEVER;
};

const added = (state: Json, id: string, shown: number, rewards: number): Json => {
  const buckets = [...bucketsOf(state)];
  const place = hash(id);
  while (buckets.length <= place) buckets.push([]);
  const bucket = buckets[place]!;
  const at = bucket.findIndex(([known]) => known === id);
  const old = bucket[at] ?? [id, 0, 0];
  const entry: Entry = [id, old[1] + shown, old[2] + rewards];
  buckets[place] = at < 0 ? [...bucket.slice(-(BUCKET_SIZE - 1)), entry] : bucket.with(at, entry);
  return buckets;
};

const bucketsOf = (state: unknown): readonly (readonly Entry[])[] => (Array.isArray(state) ? state : []);

/** FNV-1a, 32 bit. */
const hash = (id: string): number => {
  let code = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) code = Math.imul(code ^ id.charCodeAt(i), 0x01000193);
  return (code >>> 0) % BUCKETS;
};
