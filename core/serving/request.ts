import type { ItemFilter, Json } from '../spi/index.ts';

/** An event that is not stored: what an anonymous visitor did in this session. */
export interface SessionEvent {
  readonly item: string;
  /** Default: the first type the bundle knows as a positive. */
  readonly type?: string;
  readonly value?: number;
  /** Ms since the epoch; default: now. */
  readonly time?: number;
}

/** For whom to recommend. */
export type Target =
  | { readonly user: string }
  | { readonly session: { readonly id: string; readonly events: readonly SessionEvent[] } }
  | { readonly anonymous: true };

export interface RecommendRequest {
  readonly target: Target;
  /** How many items the slate holds, 1..200. */
  readonly n: number;
  /** Whether the slate may be asked for again, by `slate(recommendationId)`. Default: true. */
  readonly paged?: boolean;
  readonly pipeline?: string;
  readonly context?: Readonly<Record<string, Json>>;
  readonly filter?: ItemFilter;
  /** 0 = relevance alone, 1 = diversity alone; default: the pipeline's own. */
  readonly diversity?: number;
  /** Default: the pipeline's own. */
  readonly excludeSeen?: boolean;
  readonly excludeItems?: readonly string[];
  readonly deadlineMs?: number;
  /** Default: the active one. */
  readonly bundle?: string;
}

export const MAX_SLATE = 200;
