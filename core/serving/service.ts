import { compileFilter } from '../data/index.ts';
import type { Config } from '../registry/sections/index.ts';
import { type Clock, type Log, RecographError, type Rng, type Store } from '../spi/index.ts';
import type { ActiveBundles } from './active-bundles.ts';
import { createAnswers } from './answers.ts';
import { askedFor, differences } from './asked-for.ts';
import type { Backend, BackendStats } from './backend.ts';
import type { CatalogueFeed } from './catalogue-feed.ts';
import { checkRequest, pipelineNamed } from './checks.ts';
import { configDrift } from './config-drift.ts';
import { createFigures, type ServingFigures } from './figures.ts';
import { createItemLists, type ItemLists } from './item-lists.ts';
import type { KeptStates } from './kept-states.ts';
import { createRecommendationId } from './recommendation-id.ts';
import { emptiness, refuseWithoutEffect, remarksOn } from './remarks.ts';
import type { RecommendRequest } from './request.ts';
import type { ShownLog } from './shown-log.ts';
import type { Slate, SlateItem } from './slate.ts';
import type { Slates } from './slates.ts';
import { createTurns } from './turns.ts';
import type { UserCache } from './user-cache.ts';
import { createWrites, type Writes } from './writes.ts';

const MAX_BATCH = 64;

export interface ServiceParts {
  readonly store: Store;
  readonly users: UserCache;
  readonly backend: Backend;
  readonly bundles: ActiveBundles;
  readonly feed: CatalogueFeed;
  readonly slates: Slates;
  readonly shown: ShownLog;
  readonly kept: KeptStates;
  readonly clock: Clock;
  /** The config as it is now; bundles bring the one that they were trained by. */
  readonly config: Config;
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

/**
 * `bundle`: the one that answers, null = none. `notes`: sentences that say what is not as it should be, and what to do.
 */
export interface ServingStatus {
  readonly bundle: string | null;
  readonly pipelines: Config['pipelines'];
  readonly notes: readonly string[];
}

/** What the GraphQL API, the command line and a host program ask. */
export interface RecommendService extends ItemLists, Writes {
  /** Throws INVALID_ARGUMENT, UNKNOWN_PIPELINE, UNKNOWN_BUNDLE or NO_ACTIVE_BUNDLE; nothing else fails a request. */
  recommend(request: RecommendRequest): Promise<Slate>;
  /**
   * Says that these items of a slate, in its order, were put before somebody's eyes: what events can name later, and
   * what bandits learn from.
   */
  shown(slate: Slate, items: readonly SlateItem[]): Promise<void>;
  /**
   * A slate that was answered in the last 15 minutes, for the next page of the same request: without the items that
   * have left the catalogue since, are no longer available or no longer fit the filter; ranks stay. Throws
   * INVALID_ARGUMENT where it was made for a request of another target, filter, pipeline, ...
   */
  slate(recommendationId: string, request: Omit<RecommendRequest, 'n' | 'paged'>): Slate | undefined;
  /** Which bundle answers, and what the reader of a config or an operator should know of it. */
  status(): Promise<ServingStatus>;
  /** What serving did since it started; for metrics. */
  stats(): ServiceStats;
  /** Resolves when all serving workers are up. */
  ready(): Promise<void>;
  /** Waits for the writes under way, and writes what is written behind: slates, kept states. */
  flush(): Promise<void>;
}

/** One service over one store. Pipelines run where the backend runs them; this thread gathers, names and waits. */
export const createService = (parts: ServiceParts): RecommendService => {
  const { backend, bundles, feed, slates, shown, kept, clock, rng } = parts;
  const figures = createFigures();
  const turns = createTurns();
  const { settled, ...writes } = createWrites({ ...parts, bounds: parts.config.data });
  const answers = createAnswers({ ...parts, figures, turns, maxBatch: parts.maxBatch ?? MAX_BATCH });
  return {
    ...createItemLists({ ...parts, feedback: parts.config.data.feedback, figures, turns }),
    ...writes,
    recommend: async (request) => {
      checkRequest(request);
      return bundles.use(request.bundle, async (served) => {
        const pipeline = pipelineNamed(served, request.pipeline);
        refuseWithoutEffect(request, served.bundle, pipeline);
        const now = clock.now();
        const answer = await answers.inTime({
          request,
          served,
          pipeline,
          now,
          seed: rng.int(2 ** 32),
          deadlineMs: request.deadlineMs ?? parts.deadlineMs,
          user: undefined,
          settled: false,
        });
        const slate: Slate = {
          recommendationId: createRecommendationId(now),
          user: 'user' in request.target ? request.target.user : null,
          pipeline,
          bundle: served.bundle.manifest.id,
          createdAt: now,
          ...answer,
          degraded: [
            ...answer.degraded,
            ...remarksOn(request, served.bundle, served.view()),
            ...(answer.items.length === 0 && answer.degraded.length === 0 ? [emptiness(pipeline, served.bundle)] : []),
          ],
        };
        const isJudgedSoon = served.bundle.keeps[pipeline]!.length > 0;
        if (isJudgedSoon || (request.paged ?? true)) slates.keep(slate, askedFor(request, pipeline));
        return slate;
      });
    },
    slate: (recommendationId, request) => {
      const found = slates.find(recommendationId);
      if (!found) return undefined;
      const { slate, asked } = found;
      const others = differences(asked, askedFor({ ...request, n: 1 }, request.pipeline ?? slate.pipeline));
      if (others.length > 0) throw otherRequest(others);
      const fits = compileFilter(request.filter ?? {});
      const isThere = ({ id }: SlateItem): boolean => {
        const record = feed.records.get(id);
        return record !== undefined && record.available !== false && fits(record);
      };
      return { ...slate, items: slate.items.filter(isThere) };
    },
    shown: async (slate, items) => {
      shown.add(slate, items);
      const keeps = bundles.peek(slate.bundle)?.bundle.keeps[slate.pipeline] ?? [];
      if (keeps.length === 0) return;
      await kept.fold(keeps, { kind: 'shown', items: items.map(({ id }) => id), at: clock.now() });
    },
    status: async () => {
      const config = await bundles.use(undefined, ({ bundle }) => bundle.config).catch(() => undefined);
      const { bundle = null, active, reason } = bundles.standing();
      const drift = config ? configDrift(config, parts.config) : [];
      return {
        bundle,
        pipelines: (config ?? parts.config).pipelines,
        notes: [
          ...(reason === undefined
            ? []
            : [
                `The active bundle ${active} cannot be loaded: ${reason} ${bundle ?? 'Nothing'} serves instead. Mend it with: recograph train, or recograph bundles rollback.`,
              ]),
          ...(drift.length === 0
            ? []
            : [
                `The config has changed since bundle ${bundle} was trained, and waits for a training: ${drift.join('; ')}. Run: recograph train`,
              ]),
        ],
      };
    },
    stats: () => ({ ...backend.stats(), ...figures.read(), queue: answers.waiting() }),
    ready: backend.ready,
    flush: async () => {
      await settled();
      await shown.flush();
      await kept.flush();
    },
  };
};

const otherRequest = (parts: readonly string[]): RecographError => {
  const message = `after belongs to a request with another ${parts.join(', ')}. Send the same input with each page, or leave after out to begin anew.`;
  return new RecographError('INVALID_ARGUMENT', message, { at: 'after' });
};
