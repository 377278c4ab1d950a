import { type Bounds, createPlausibility, eventProblem, isUnweighed } from '../data/index.ts';
import {
  type Clock,
  type EventOutcome,
  type EventRecord,
  type EventRemark,
  type ItemRecord,
  type Log,
  RecographError,
  type Store,
  type UserRecord,
} from '../spi/index.ts';
import type { ActiveBundles } from './active-bundles.ts';
import type { CatalogueFeed } from './catalogue-feed.ts';
import type { KeptStates } from './kept-states.ts';
import type { ShownLog } from './shown-log.ts';
import type { Slates } from './slates.ts';
import type { UserCache } from './user-cache.ts';

/** What a host tells: on disk when it resolves, and known to the next answer. */
export interface Writes {
  recordEvents(events: readonly EventRecord[]): Promise<readonly EventOutcome[]>;
  upsertItems(items: readonly ItemRecord[]): Promise<number>;
  upsertUsers(users: readonly UserRecord[]): Promise<number>;
  deleteItems(ids: readonly string[]): Promise<number>;
}

interface WritesParts {
  readonly store: Store;
  readonly users: UserCache;
  readonly bundles: ActiveBundles;
  readonly feed: CatalogueFeed;
  readonly slates: Slates;
  readonly shown: ShownLog;
  readonly kept: KeptStates;
  readonly clock: Clock;
  /** What bounds an event, and which types weigh. */
  readonly bounds: Bounds;
  readonly log: Log;
}

/** `settled` resolves when what is under way is done. */
export const createWrites = (parts: WritesParts): Writes & { settled(): Promise<void> } => {
  const { store, users, bundles, feed, slates, shown, kept, clock, bounds, log } = parts;
  const underWay = new Set<Promise<unknown>>();
  const tracked = <T>(work: Promise<T>): Promise<T> => {
    const done = (): void => void underWay.delete(work);
    underWay.add(work);
    work.then(done, done);
    return work;
  };
  const fold = async (events: readonly EventRecord[]): Promise<void> => {
    if (events.length === 0) return;
    await bundles.use(undefined, async ({ bundle }) => {
      const keeps = [...new Set(Object.values(bundle.keeps).flat())];
      if (keeps.length === 0) return;
      for (const { item, type, value, time, recommendationId } of events) {
        const shown = recommendationId ? slates.lists(recommendationId, item) : false;
        await kept.fold(keeps, { kind: 'event', item, type, value, shown, at: time });
      }
    });
  };
  /** Outside the sample nothing is known of a recommendation that could be true or false. */
  const judged = (outcome: EventOutcome, { recommendationId }: EventRecord): EventOutcome =>
    outcome.status === 'accepted' && recommendationId && !shown.remembers(recommendationId)
      ? { status: 'accepted', ...(outcome.remarks ? { remarks: outcome.remarks } : {}) }
      : outcome;
  const problemsOf = (events: readonly EventRecord[]): (string | undefined)[] => {
    const implausible = createPlausibility(bounds, clock.now());
    return events.map((event) => eventProblem(event) ?? implausible(event));
  };
  const remarksOf = ({ type, item }: EventRecord): EventRemark[] => {
    const remarks: EventRemark[] = [];
    if (typeof type === 'string' && isUnweighed(bounds.feedback, type)) remarks.push('UNKNOWN_TYPE');
    const known = feed.records.get(item);
    if (feed.listed > 0 && (known === undefined || known.listed === false)) remarks.push('UNKNOWN_ITEM');
    return remarks;
  };
  const record: Writes['recordEvents'] = async (events) => {
    // Writers take their turns in order: what was shown before these events is there when they are judged.
    if (events.some(({ recommendationId }) => recommendationId && shown.isPending(recommendationId))) {
      shown.flush().catch((error) => log.error({ error: String(error) }, 'what was shown could not be written'));
    }
    const problems = problemsOf(events);
    const plausible = events.filter((_, k) => problems[k] === undefined);
    const remarks = events.map(remarksOf);
    const stored = await users.writing(
      plausible.map(({ user }) => user),
      () => store.recordEvents(plausible),
      (given) => given.filter(({ status }) => status === 'accepted').length,
    );
    let next = 0;
    const outcomes = problems.map((message, k): EventOutcome => {
      if (message !== undefined) return { status: 'rejected', code: 'INVALID_ARGUMENT', message };
      const outcome = stored[next++]!;
      return outcome.status === 'accepted' && remarks[k]!.length > 0 ? { ...outcome, remarks: remarks[k]! } : outcome;
    });
    const accepted = events.filter((_, k) => outcomes[k]!.status === 'accepted');
    await fold(accepted).catch((error) => {
      if (error instanceof RecographError && error.code === 'NO_ACTIVE_BUNDLE') return;
      log.error({ error }, 'events could not be folded into kept states');
    });
    return outcomes.map((outcome, k) => judged(outcome, events[k]!));
  };
  const upsert: Writes['upsertItems'] = async (items) => {
    const count = await store.upsertItems(items);
    await feed.applied({ upserted: items });
    return count;
  };
  const remove: Writes['deleteItems'] = async (ids) => {
    const count = await store.deleteItems(ids);
    await feed.applied({ deleted: ids });
    return count;
  };
  const upsertUsers: Writes['upsertUsers'] = (records) =>
    users.writing(
      records.map(({ id }) => id),
      () => store.upsertUsers(records),
      () => 0,
    );
  return {
    recordEvents: (events) => tracked(record(events)),
    upsertItems: (items) => tracked(upsert(items)),
    upsertUsers: (records) => tracked(upsertUsers(records)),
    deleteItems: (ids) => tracked(remove(ids)),
    settled: async () => void (await Promise.allSettled(underWay)),
  };
};
