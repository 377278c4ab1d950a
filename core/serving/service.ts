import { randomUUID } from 'node:crypto';
import type { Clock, Log, Rng, Store } from '../spi/index.ts';
import type { ActiveBundles } from './active-bundles.ts';
import { createAnswers } from './answers.ts';
import type { Backend, BackendStats } from './backend.ts';
import type { CatalogueFeed } from './catalogue-feed.ts';
import { checkRequest, pipelineNamed } from './checks.ts';
import { createFigures, type ServingFigures } from './figures.ts';
import { createItemLists, type ItemLists } from './item-lists.ts';
import type { KeptStates } from './kept-states.ts';
import type { RecommendRequest } from './request.ts';
import type { Slate } from './slate.ts';
import type { Slates } from './slates.ts';
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
export interface RecommendService extends ItemLists, Writes {
  /** Throws INVALID_ARGUMENT, UNKNOWN_PIPELINE, UNKNOWN_BUNDLE or NO_ACTIVE_BUNDLE; nothing else fails a request. */
  recommend(request: RecommendRequest): Promise<Slate>;
  /** Says that these items of a slate were put before somebody's eyes; what bandits learn from. */
  shown(slate: Slate, items: readonly string[]): Promise<void>;
  /** A slate that was answered in the last 15 minutes, for the next page. */
  slate(recommendationId: string): Slate | undefined;
  /** What serving did since it started; for metrics. */
  stats(): ServiceStats;
  /** Resolves when all serving workers are up. */
  ready(): Promise<void>;
  /** Waits for the writes under way, and writes what is written behind: slates, kept states. */
  flush(): Promise<void>;
}

/** One service over one store. Pipelines run where the backend runs them; this thread gathers, names and waits. */
export const createService = (parts: ServiceParts): RecommendService => {
  const { backend, bundles, slates, kept, clock, rng } = parts;
  const figures = createFigures();
  const { settled, ...writes } = createWrites(parts);
  const answers = createAnswers({ ...parts, figures, maxBatch: parts.maxBatch ?? MAX_BATCH });
  return {
    ...createItemLists({ ...parts, figures }),
    ...writes,
    recommend: async (request) => {
      checkRequest(request);
      return bundles.use(request.bundle, async (served) => {
        const pipeline = pipelineNamed(served, request.pipeline);
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
          recommendationId: randomUUID(),
          user: 'user' in request.target ? request.target.user : null,
          pipeline,
          bundle: served.bundle.manifest.id,
          createdAt: now,
          ...answer,
        };
        const isJudgedSoon = served.bundle.keeps[pipeline]!.length > 0;
        slates.add(slate, { keep: isJudgedSoon || (request.paged ?? true) });
        return slate;
      });
    },
    slate: slates.find,
    shown: async (slate, items) => {
      const keeps = bundles.peek(slate.bundle)?.bundle.keeps[slate.pipeline] ?? [];
      if (keeps.length > 0) await kept.fold(keeps, { kind: 'shown', items, at: clock.now() });
    },
    stats: () => ({ ...backend.stats(), ...figures.read(), queue: answers.waiting() }),
    ready: backend.ready,
    flush: async () => {
      await settled();
      await slates.flush();
      await kept.flush();
    },
  };
};
