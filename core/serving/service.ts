import { randomUUID } from 'node:crypto';
import type { PipelineResult } from '../pipeline/index.ts';
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
import { MAX_SLATE, type RecommendRequest } from './request.ts';
import { similarItems } from './similar.ts';
import type { ScoredList, Slate } from './slate.ts';
import type { createSlates } from './slates.ts';

/** The newest events of a user that a query carries; what lies before them can be recommended again. */
const HISTORY_LIMIT = 5000;
const MAX_BATCH = 64;

export interface ServiceParts {
  readonly store: Store;
  readonly bundles: ActiveBundles;
  readonly feed: CatalogueFeed;
  readonly slates: ReturnType<typeof createSlates>;
  readonly kept: KeptStates;
  readonly clock: Clock;
  readonly log: Log;
  readonly rng: Rng;
  readonly deadlineMs: number;
}

/** What the GraphQL API, the command line and a host program ask. */
export interface RecommendService {
  recommend(request: RecommendRequest): Promise<Slate>;
  /** A slate that was answered in the last 15 minutes, for the next page. */
  slate(recommendationId: string): Slate | undefined;
  similar(request: { item: string; n: number; filter?: ItemFilter }): Promise<ScoredList>;
  recordEvents(events: readonly EventRecord[]): Promise<readonly EventOutcome[]>;
  upsertItems(items: readonly ItemRecord[]): Promise<number>;
  upsertUsers(users: readonly UserRecord[]): Promise<number>;
  deleteItems(ids: readonly string[]): Promise<number>;
}
