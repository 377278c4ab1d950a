import { randomUUID } from 'node:crypto';
import type { PipelineResult } from '../pipeline/index.ts';
import { intersect } from '../pipeline/limits.ts';
import {
  type Bitmap,
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
import type { Backend, BackendStats } from './backend.ts';
import { createBatcher } from './batcher.ts';
import type { CatalogueFeed } from './catalogue-feed.ts';
import { encodeRequests, type GatheredRequest } from './encode.ts';
import { fallbackItems } from './fallback-list.ts';
import { createFigures, type ServingFigures } from './figures.ts';
import type { FrontView } from './front.ts';
import type { KeptStates } from './kept-states.ts';
import { createPopular } from './popular.ts';
import { MAX_SLATE, type RecommendRequest } from './request.ts';
import type { ScoredList, Slate } from './slate.ts';
import type { Slates } from './slates.ts';
import { type KnownUser, knownUser, type UserCache } from './user-cache.ts';

const MAX_BATCH = 64;
/** The part of a request's deadline that the pipeline may use, so that what it did in time comes back in time. */
const PIPELINE_SHARE = 0.8;

export interface ServiceParts {
  readonly store: Store;
  readonly users: UserCache;
  readonly backend: Backend;
  readonly bundles: ActiveBundles;
  readonly feed: CatalogueFeed;
  readonly slates: Slates;
  readonly kept: KeptStates;
  readonly clock: Clock;
  readonly log: Log;
  readonly rng: Rng;
  readonly deadlineMs: number;
  /** Requests that run together at most; default 64. */
  readonly maxBatch?: number;
}

export interface ServiceStats extends BackendStats, ServingFigures {
  /** Requests that are in no batch yet. */
  readonly queue: number;
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
  /** What serving did since it started; for metrics. */
  stats(): ServiceStats;
  /** Resolves when all serving workers are up. */
  ready(): Promise<void>;
  /** Writes what is written behind: slates, kept states. */
  flush(): Promise<void>;
}

/** A request under way. */
interface Call {
  readonly request: RecommendRequest;
  readonly served: ServedBundle;
  readonly pipeline: string;
  readonly now: number;
  readonly seed: number;
  readonly deadlineMs: number;
  /** Once it is read. */
  user: KnownUser | undefined;
  /** Answered already: what still comes for it is dropped. */
  settled: boolean;
}

/** What a pipeline said about one request. */
type Answer = Pick<Slate, 'servedBy' | 'degraded' | 'items'>;

/** One service over one store. Pipelines run where the backend runs them; this thread gathers, names and waits. */
export const createService = (parts: ServiceParts): RecommendService => {
  const { store, users, backend, bundles, feed, slates, kept, clock, log, rng } = parts;
  const figures = createFigures();

  const runBatch = async (calls: readonly Call[]): Promise<Answer[]> => {
    const { served, pipeline } = calls[0]!;
    const timer = figures.batch(calls.length);
    const [known, extra] = await Promise.all([gather(calls), kept.read(served.bundle.keeps[pipeline] ?? [])]);
    timer('gather');
    const view = served.view();
    const batch = encodeRequests(
      calls.map((call, k) => gatheredOf(call, known[k]!, view)),
      view.space,
      extra,
    );
    timer('encode');
    const bundle = served.bundle.manifest.id;
    const deadlineMs = Math.max(...calls.map((call) => call.deadlineMs));
    const result = await backend.run({ bundle, pipeline, view, batch, deadlineMs });
    timer('run');
    return calls.map((_, q) => answerOf(view, result, q));
  };

  const gather = async (calls: readonly Call[]): Promise<readonly KnownUser[]> => {
    const named = calls.filter(({ request }) => 'user' in request.target);
    const found = await users.get(named.map(({ request }) => (request.target as { user: string }).user));
    for (const [k, call] of named.entries()) call.user = found[k]!;
    return calls.map((call) => {
      call.user ??= knownUser(undefined, sessionHistory(call));
      return call.user;
    });
  };

  const batcher = createBatcher<Call, Answer>((_, calls) => runBatch(calls), {
    maxBatch: parts.maxBatch ?? MAX_BATCH,
    width: backend.width,
    abandoned: ({ settled }) => settled,
  });

  /** The batch's answer or, where it fails or is late, the fallback list. */
  const answerInTime = (call: Call): Promise<Answer> =>
    new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        if (call.settled) return;
        call.settled = true;
        clearTimeout(timer);
        resolve(answer);
      };
      const timer = setTimeout(() => {
        const message = `The pipeline had not answered after ${call.deadlineMs} ms; this is the fallback list.`;
        settle(instead(call, 'DEADLINE_EXCEEDED', message));
      }, call.deadlineMs);
      const key = `${call.served.bundle.manifest.id}\n${call.pipeline}`;
      batcher.submit(key, call).then(settle, (error) => {
        const code = error instanceof RecographError ? error.code : 'INTERNAL';
        const message = error instanceof Error ? error.message : String(error);
        if (!call.settled) settle(instead(call, code, message));
      });
    });

  const instead = (call: Call, code: string, message: string): Answer => {
    figures.fallback(code);
    const { request, served, pipeline, user } = call;
    const view = served.view();
    const excludeSeen = request.excludeSeen ?? served.bundle.config.pipelines[pipeline]!.excludeSeen;
    const items = fallbackItems(served.bundle, view, pipeline, {
      n: request.n,
      filter: request.filter,
      excludeItems: request.excludeItems ?? [],
      seen: excludeSeen ? (user?.history ?? sessionHistory(call)).map(({ item }) => item) : [],
    });
    return {
      servedBy: 'FALLBACK',
      degraded: [{ stage: `pipelines.${pipeline}`, code, message }],
      items: items.map((item, k) => ({ id: view.itemId(item), rank: k + 1, score: -k, sources: [] })),
    };
  };

  const recommend: RecommendService['recommend'] = async (request) => {
    checkRequest(request);
    return bundles.use(request.bundle, async (served) => {
      const call: Call = {
        request,
        served,
        pipeline: pipelineNamed(served, request.pipeline),
        now: clock.now(),
        seed: rng.int(2 ** 32),
        deadlineMs: request.deadlineMs ?? parts.deadlineMs,
        user: undefined,
        settled: false,
      };
      const answer = await answerInTime(call);
      const slate: Slate = {
        recommendationId: randomUUID(),
        user: 'user' in request.target ? request.target.user : null,
        pipeline: call.pipeline,
        bundle: served.bundle.manifest.id,
        createdAt: call.now,
        ...answer,
      };
      slates.keep(slate);
      return slate;
    });
  };

  const popular = createPopular(store, clock);

  return {
    recommend,
    slate: slates.find,
    shown: async (slate, items) => {
      const served = bundles.peek(slate.bundle);
      const keeps = served?.bundle.keeps[slate.pipeline] ?? [];
      if (keeps.length > 0) await kept.fold(keeps, { kind: 'shown', items, at: clock.now() });
    },
    similar: ({ item, n, filter }) =>
      bundles.use(undefined, async ({ bundle, view: viewNow }) => {
        checkCount(n);
        const view = viewNow();
        const index = view.space.itemIndex(item);
        if (index < 0) throw new RecographError('UNKNOWN_ITEM', `There is no item "${item}".`, { at: 'item' });
        const { id } = bundle.manifest;
        const allow = allowOf(view, filter);
        const answer = backend.similar({ bundle: id, view, item: index, n, allow });
        const { model, list } = await within(answer, parts.deadlineMs);
        return {
          bundle: id,
          model,
          items: Array.from(list.items, (other, k) => ({
            id: view.itemId(other),
            rank: k + 1,
            score: list.scores[k]!,
          })),
        };
      }),
    popular: ({ n, windowMs, filter }) =>
      bundles.use(undefined, async ({ bundle, view: viewNow }) => {
        checkCount(n);
        const counted = await popular(windowMs);
        const view = viewNow();
        const allow = intersect(view.available, allowOf(view, filter));
        const listed = counted.filter(({ id }) => {
          const index = view.space.itemIndex(id);
          return index >= 0 && (!allow || ((allow.words[index >> 5]! >>> (index & 31)) & 1) === 1);
        });
        const items = listed.slice(0, n).map(({ id, users }, k) => ({ id, rank: k + 1, score: users }));
        return { bundle: bundle.manifest.id, model: 'popular', items };
      }),
    recordEvents: async (events) => {
      const outcomes = await users.writing(
        events.map(({ user }) => user),
        () => store.recordEvents(events),
        (given) => given.filter(({ status }) => status === 'accepted').length,
      );
      const accepted = events.filter((_, k) => outcomes[k]!.status === 'accepted');
      await foldEvents(accepted).catch((error) => log.error({ error }, 'events could not be folded into kept states'));
      return outcomes;
    },
    upsertItems: async (items) => {
      const count = await store.upsertItems(items);
      await feed.applied({ upserted: items });
      return count;
    },
    upsertUsers: (records) =>
      users.writing(
        records.map(({ id }) => id),
        () => store.upsertUsers(records),
        () => 0,
      ),
    deleteItems: async (ids) => {
      const count = await store.deleteItems(ids);
      await feed.applied({ deleted: ids });
      return count;
    },
    stats: () => ({ ...backend.stats(), ...figures.read(), queue: batcher.waiting() }),
    ready: backend.ready,
    flush: async () => {
      await slates.flush();
      await kept.flush();
    },
  };

  async function foldEvents(events: readonly EventRecord[]): Promise<void> {
    if (events.length === 0 || (await store.activeBundle()) === undefined) return;
    await bundles.use(undefined, async ({ bundle }) => {
      const keeps = [...new Set(Object.values(bundle.keeps).flat())];
      if (keeps.length === 0) return;
      for (const { item, type, value, time, recommendationId } of events) {
        const slate = recommendationId ? slates.find(recommendationId) : undefined;
        const shown = slate?.items.some(({ id }) => id === item) ?? false;
        await kept.fold(keeps, { kind: 'event', item, type, value, shown, at: time });
      }
    });
  }
};

const gatheredOf = ({ request, now, seed, deadlineMs }: Call, user: KnownUser, view: FrontView): GatheredRequest => ({
  user: 'user' in request.target ? request.target.user : null,
  record: user.record,
  history: user.encoded(view),
  context: request.context ?? {},
  seed,
  now,
  n: request.n,
  excludeItems: request.excludeItems ?? [],
  excludeSeen: request.excludeSeen,
  allow: allowOf(view, request.filter),
  diversity: request.diversity,
  deadline: now + deadlineMs * PIPELINE_SHARE,
});

const allowOf = (view: FrontView, filter: ItemFilter | undefined): Bitmap | undefined =>
  filter && view.matching(filter);

const answerOf = (view: FrontView, result: PipelineResult, q: number): Answer => {
  const list = result.lists[q]!;
  const masks = result.sources[q]!;
  return {
    servedBy: result.servedBy[q]!,
    degraded: result.failures[q]!,
    items: Array.from(list.items, (item, k) => ({
      id: view.itemId(item),
      rank: k + 1,
      score: list.scores[k]!,
      sources: result.sourceNames.filter((_, s) => (masks[k]! >>> s) & 1),
    })),
  };
};

/** Throws DEADLINE_EXCEEDED. */
const within = <T>(answer: Promise<T>, deadlineMs: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new RecographError('DEADLINE_EXCEEDED', `There was no answer after ${deadlineMs} ms.`));
    }, deadlineMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });

/** A session's events as a history, oldest first; an event without a type is one of the bundle's positive types. */
const sessionHistory = ({ request, served, now }: Pick<Call, 'request' | 'served' | 'now'>): History => {
  const { target } = request;
  if (!('session' in target)) return [];
  const type = served.bundle.typeNames[0] ?? 'interaction';
  return target.session.events
    .map((event) => ({
      item: event.item,
      type: event.type ?? type,
      value: event.value ?? null,
      time: event.time ?? now,
    }))
    .sort((a, b) => a.time - b.time);
};

const pipelineNamed = ({ bundle }: ServedBundle, name: string | undefined): string => {
  const known = bundle.pipelines;
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
