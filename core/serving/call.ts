import type { History } from '../spi/index.ts';
import type { ServedBundle } from './active-bundles.ts';
import type { GatheredRequest } from './encode.ts';
import type { FrontView } from './front.ts';
import type { RecommendRequest } from './request.ts';
import type { KnownUser } from './user-cache.ts';

/** The part of a request's deadline that the pipeline may use, so that what it did in time comes back in time. */
const PIPELINE_SHARE = 0.8;

/** A request under way. */
export interface Call {
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

export const gatheredOf = (
  { request, now, seed, deadlineMs }: Call,
  user: KnownUser,
  view: FrontView,
): GatheredRequest => ({
  user: 'user' in request.target ? request.target.user : null,
  record: user.record,
  history: user.encoded(view.space),
  context: request.context ?? {},
  seed,
  now,
  n: request.n,
  excludeItems: excludedFrom(request, user, view),
  excludeSeen: request.excludeSeen,
  allow: request.filter && view.matching(request.filter),
  diversity: request.diversity,
  deadline: now + deadlineMs * PIPELINE_SHARE,
});

/** Items that the request, or the user by negative events, will not have. */
export const excludedFrom = (request: RecommendRequest, user: KnownUser, view: FrontView): string[] => [
  ...(request.excludeItems ?? []),
  ...user.rejected(view.space.feedback),
];

/** A session's events as a history, oldest first; an event without a type is one of the bundle's positive types. */
export const sessionHistory = ({ request, served, now }: Pick<Call, 'request' | 'served' | 'now'>): History => {
  const { target } = request;
  if (!('session' in target)) return [];
  const type = served.bundle.types.names[0] ?? 'interaction';
  return target.session.events
    .map((event) => ({
      item: event.item,
      type: event.type ?? type,
      value: event.value ?? null,
      time: event.time ?? now,
    }))
    .sort((a, b) => a.time - b.time);
};
