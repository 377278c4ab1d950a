import { LRUCache } from 'lru-cache';
import type { Clock } from '../spi/index.ts';
import type { AskedFor } from './asked-for.ts';
import type { Slate, SlateItem } from './slate.ts';

const MAX_BYTES = 64 * 1024 * 1024;
const LIFETIME_MS = 15 * 60 * 1000;
/** Distinct items that slates can name; beyond them all slates are let go of and counting begins anew. */
const MAX_ITEMS = 2 ** 20;

/** Slates that can be paged through: those of the last 15 minutes, at most 64 MB of them. */
export interface Slates {
  keep(slate: Slate, asked: AskedFor): void;
  /** undefined for one that was not kept or is past its life. */
  find(recommendationId: string): { readonly slate: Slate; readonly asked: AskedFor } | undefined;
  /** Whether a slate that is kept lists this item. */
  lists(recommendationId: string, item: string): boolean;
}

/** A slate in columns, items by their numbers: 16 bytes an item. */
interface PackedSlate {
  readonly frame: Omit<Slate, 'items'>;
  readonly asked: AskedFor;
  readonly items: Int32Array;
  readonly ranks: Uint16Array;
  readonly scores: Float64Array;
  /** Each item's place in `sources`. */
  readonly named: Uint16Array;
  readonly sources: readonly (readonly string[])[];
}

export const createSlates = (clock: Clock, maxItems = MAX_ITEMS): Slates => {
  const cache = new LRUCache<string, PackedSlate>({
    maxSize: MAX_BYTES,
    sizeCalculation: bytesOf,
    ttl: LIFETIME_MS,
    ttlResolution: 0,
    perf: { now: () => clock.now() },
  });
  const numbers = new Map<string, number>();
  const ids: string[] = [];
  const numberOf = (id: string): number => {
    let number = numbers.get(id);
    if (number === undefined) {
      number = ids.push(id) - 1;
      numbers.set(id, number);
    }
    return number;
  };

  return {
    keep: (slate, asked) => {
      if (ids.length + slate.items.length > maxItems) {
        cache.clear();
        numbers.clear();
        ids.length = 0;
      }
      const { items, ...frame } = slate;
      const sources = [...new Set(items.map((item) => item.sources))];
      cache.set(slate.recommendationId, {
        frame,
        asked,
        items: Int32Array.from(items, ({ id }) => numberOf(id)),
        ranks: Uint16Array.from(items, ({ rank }) => rank),
        scores: Float64Array.from(items, ({ score }) => score),
        named: Uint16Array.from(items, (item) => sources.indexOf(item.sources)),
        sources,
      });
    },
    find: (recommendationId) => {
      const packed = cache.get(recommendationId);
      if (!packed) return undefined;
      const { frame, asked, ranks, scores, named, sources } = packed;
      const items = Array.from(
        packed.items,
        (number, k): SlateItem => ({
          id: ids[number]!,
          rank: ranks[k]!,
          score: scores[k]!,
          sources: sources[named[k]!]!,
        }),
      );
      return { slate: { ...frame, items }, asked };
    },
    lists: (recommendationId, item) => {
      const number = numbers.get(item);
      return number !== undefined && (cache.get(recommendationId)?.items.includes(number) ?? false);
    },
  };
};

/** An estimate: fixed parts, two bytes a character of texts, and the columns. */
const bytesOf = ({ frame, asked, items, ranks, scores, named, sources }: PackedSlate): number => {
  const texts = JSON.stringify([frame, asked, sources]).length;
  return 1024 + 2 * texts + items.byteLength + ranks.byteLength + scores.byteLength + named.byteLength;
};
