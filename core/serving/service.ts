import { randomUUID } from 'node:crypto';
import type { PipelineResult } from '../pipeline/index.ts';
import { intersect } from '../pipeline/limits.ts';
import {
  type Clock,
  type EventOutcome,
  type EventRecord,
  type History,
  type ItemFilter,
  type ItemRecord,
  type Log,
  RecographError,
  type Rng,
  type Store,
  type UserRecord,
} from '../spi/index.ts';
import type { ActiveBundles, ServedBundle } from './active-bundles.ts';
import { createBatcher } from './batcher.ts';
import type { CatalogueFeed } from './catalogue-feed.ts';
import { encodeRequests, type GatheredRequest } from './encode.ts';
import type { KeptStates } from './kept-states.ts';
import { createPopular } from './popular.ts';
import { MAX_SLATE, type RecommendRequest } from './request.ts';
import { similarItems } from './similar.ts';
import type { ScoredList, Slate } from './slate.ts';
import type { Slates } from './slates.ts';

/** The newest events of a user that a query carries; what lies before them can be recommended again. */
const HISTORY_LIMIT = 5000;
const MAX_BATCH = 64;

export interface ServiceParts {
  readonly store: Store;
  readonly bundles: ActiveBundles;
  readonly feed: CatalogueFeed;
  readonly slates: Slates;
  readonly kept: KeptStates;
  readonly clock: Clock;
  readonly log: Log;
  readonly rng: Rng;
  readonly deadlineMs: number;
}

/** What the GraphQL API, the command line and a host program ask. */
export interface RecommendService {
  /** Throws INVALID_ARGUMENT, UNKNOWN_PIPELINE, UNKNOWN_BUNDLE or NO_ACTIVE_BUNDLE; nothing else fails a request. */
  recommend(request: RecommendRequest): Promise<Slate>;
  /** Says that these items of a slate were put before somebody's eyes; what bandits learn from. */
  shown(slate: Slate, items: readonly string[]): Promise<void>;
  /** A slate that was answered in the last 15 minutes, for the next page. */
  slate(recommendationId: string): Slate | undefined;
  /** Throws UNKNOWN_ITEM too. */
  similar(request: { item: string; n: number; filter?: ItemFilter }): Promise<ScoredList>;
  /** What most users had events on, ever or in the last `windowMs`; counted at most once a minute. */
  popular(request: { n: number; windowMs?: number; filter?: ItemFilter }): Promise<ScoredList>;
  recordEvents(events: readonly EventRecord[]): Promise<readonly EventOutcome[]>;
  upsertItems(items: readonly ItemRecord[]): Promise<number>;
  upsertUsers(users: readonly UserRecord[]): Promise<number>;
  deleteItems(ids: readonly string[]): Promise<number>;
  /** Writes what is written behind: slates, kept states. */
  flush(): Promise<void>;
}

interface Call {
  readonly request: RecommendRequest;
  readonly now: number;
  readonly seed: number;
}

/** One service over one store. It runs pipelines in this process. */
export const createService = (parts: ServiceParts): RecommendService => {
  const { store, bundles, feed, slates, kept, clock, log, rng } = parts;

  const runBatch = async (served: ServedBundle, pipelineName: string, calls: readonly Call[]): Promise<Slate[]> => {
    const pipeline = served.view.pipelines[pipelineName]!;
    const [gathered, extra] = await Promise.all([gather(served, calls), kept.read(pipeline.keeps)]);
    const result = await pipeline.run(encodeRequests(gathered, served.view.space, extra));
    return calls.map((call, q) => slateOf(served, pipelineName, call, result, q));
  };

  const gather = async (served: ServedBundle, calls: readonly Call[]): Promise<GatheredRequest[]> => {
    const users = [...new Set(calls.flatMap(({ request }) => ('user' in request.target ? [request.target.user] : [])))];
    const [histories, records] = await Promise.all([store.histories(users, HISTORY_LIMIT), store.users(users)]);
    const place = new Map(users.map((user, k) => [user, k]));
    return calls.map(({ request, now, seed }) => {
      const { target } = request;
      const k = 'user' in target ? place.get(target.user)! : -1;
      return {
        user: 'user' in target ? target.user : null,
        record: records[k],
        history: histories[k] ?? sessionHistory(request, served, now),
        context: request.context ?? {},
        seed,
        now,
        n: request.n,
        excludeItems: request.excludeItems ?? [],
        excludeSeen: request.excludeSeen,
        allow: request.filter && served.view.catalogue.matching(request.filter),
        diversity: request.diversity,
        deadline: now + (request.deadlineMs ?? parts.deadlineMs),
      };
    });
  };

  const slateOf = (served: ServedBundle, pipeline: string, call: Call, result: PipelineResult, q: number): Slate => {
    const list = result.lists[q]!;
    const slate: Slate = {
      recommendationId: randomUUID(),
      user: 'user' in call.request.target ? call.request.target.user : null,
      pipeline,
      bundle: served.bundle.manifest.id,
      createdAt: call.now,
      servedBy: result.servedBy[q]!,
      degraded: result.failures[q]!,
      items: Array.from(list.items, (item, k) => ({
        id: served.view.itemId(item),
        rank: k + 1,
        score: list.scores[k]!,
        sources: result.sourceNames.filter((_, s) => (result.sources[q]![k]! >>> s) & 1),
      })),
    };
    slates.keep(slate);
    return slate;
  };

  const batch = createBatcher<Call, Slate>(async (key, calls) => {
    const [bundle, pipeline] = JSON.parse(key) as [string, string];
    return bundles.use(bundle, (served) => runBatch(served, pipeline, calls));
  }, MAX_BATCH);

  const recommend: RecommendService['recommend'] = async (request) => {
    checkRequest(request);
    const [bundle, pipeline] = await bundles.use(request.bundle, (served) => [
      served.bundle.manifest.id,
      pipelineNamed(served, request.pipeline),
    ]);
    return batch(JSON.stringify([bundle, pipeline]), { request, now: clock.now(), seed: rng.int(2 ** 32) });
  };

  const popular = createPopular(store, clock);
  const keepsOf = (served: ServedBundle) => Object.values(served.view.pipelines).flatMap(({ keeps }) => keeps);

  return {
    recommend,
    slate: slates.find,
    shown: (slate, items) =>
      bundles.use(slate.bundle, ({ view }) =>
        kept.fold(view.pipelines[slate.pipeline]?.keeps ?? [], { kind: 'shown', items, at: clock.now() }),
      ),
    similar: ({ item, n, filter }) =>
      bundles.use(undefined, async (served) => {
        checkCount(n);
        const index = served.view.space.itemIndex(item);
        if (index < 0) throw new RecographError('UNKNOWN_ITEM', `There is no item "${item}".`, { at: 'item' });
        const { catalogue } = served.view;
        const allow = filter ? catalogue.matching(filter) : undefined;
        const { model, list } = await similarItems(served, index, n, allow);
        return {
          bundle: served.bundle.manifest.id,
          model,
          items: Array.from(list.items, (other, k) => ({
            id: served.view.itemId(other),
            rank: k + 1,
            score: list.scores[k]!,
          })),
        };
      }),
    popular: ({ n, windowMs, filter }) =>
      bundles.use(undefined, async ({ bundle, view }) => {
        checkCount(n);
        const counted = await popular(windowMs);
        const allow = intersect(view.catalogue.available, filter && view.catalogue.matching(filter));
        const listed = counted.filter(({ id }) => {
          const index = view.space.itemIndex(id);
          return index >= 0 && (!allow || ((allow.words[index >> 5]! >>> (index & 31)) & 1) === 1);
        });
        const items = listed.slice(0, n).map(({ id, users }, k) => ({ id, rank: k + 1, score: users }));
        return { bundle: bundle.manifest.id, model: 'popular', items };
      }),
    recordEvents: async (events) => {
      const outcomes = await store.recordEvents(events);
      const accepted = events.filter((_, k) => outcomes[k]!.status === 'accepted');
      await foldEvents(accepted).catch((error) => log.error({ error }, 'events could not be folded into kept states'));
      return outcomes;
    },
    upsertItems: async (items) => {
      const count = await store.upsertItems(items);
      await feed.applied({ upserted: items });
      return count;
    },
    upsertUsers: (users) => store.upsertUsers(users),
    deleteItems: async (ids) => {
      const count = await store.deleteItems(ids);
      await feed.applied({ deleted: ids });
      return count;
    },
    flush: async () => {
      await slates.flush();
      await kept.flush();
    },
  };

  async function foldEvents(events: readonly EventRecord[]): Promise<void> {
    if (events.length === 0 || (await store.activeBundle()) === undefined) return;
    await bundles.use(undefined, async (served) => {
      const keeps = keepsOf(served);
      if (keeps.length === 0) return;
      for (const { item, type, value, time, recommendationId } of events) {
        const slate = recommendationId ? slates.find(recommendationId) : undefined;
        const shown = slate?.items.some(({ id }) => id === item) ?? false;
        await kept.fold(keeps, { kind: 'event', item, type, value, shown, at: time });
      }
    });
  }
};

/** A session's events as a history, oldest first; an event without a type is one of the bundle's positive types. */
const sessionHistory = ({ target }: RecommendRequest, { bundle }: ServedBundle, now: number): History => {
  if (!('session' in target)) return [];
  const type = bundle.typeNames[0] ?? 'interaction';
  return target.session.events
    .map((event) => ({
      item: event.item,
      type: event.type ?? type,
      value: event.value ?? null,
      time: event.time ?? now,
    }))
    .sort((a, b) => a.time - b.time);
};

const pipelineNamed = ({ view }: ServedBundle, name: string | undefined): string => {
  const known = Object.keys(view.pipelines);
  const wanted = name ?? known[0];
  if (wanted !== undefined && known.includes(wanted)) return wanted;
  const message =
    wanted === undefined
      ? 'The config declares no pipeline. Add one under `pipelines` and train again.'
      : `There is no pipeline "${wanted}". Known: ${known.join(', ')}.`;
  throw new RecographError('UNKNOWN_PIPELINE', message, { at: 'pipeline' });
};

const checkCount = (n: number): void => {
  if (Number.isInteger(n) && n >= 1 && n <= MAX_SLATE) return;
  throw new RecographError('INVALID_ARGUMENT', `n is ${n}; it must be 1 to ${MAX_SLATE}.`, { at: 'n' });
};

const checkRequest = ({ n, diversity, deadlineMs }: RecommendRequest): void => {
  checkCount(n);
  if (diversity !== undefined && !(diversity >= 0 && diversity <= 1)) {
    throw new RecographError('INVALID_ARGUMENT', `diversity is ${diversity}; it must be 0 to 1.`, { at: 'diversity' });
  }
  if (deadlineMs !== undefined && !(deadlineMs > 0)) {
    const message = `deadlineMs is ${deadlineMs}; it must be a positive number of milliseconds.`;
    throw new RecographError('INVALID_ARGUMENT', message, { at: 'deadlineMs' });
  }
};
