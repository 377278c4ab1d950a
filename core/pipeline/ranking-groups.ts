import { createRng } from '../math/index.ts';
import type { LabelledGroups, Ragged } from '../spi/index.ts';

/** What each query's user did next: row q holds items, `grades` how much each is worth (default 1, larger = better). */
export interface ItemLabels extends Ragged {
  readonly grades?: Float32Array;
  /** How much each counts while learning (inverse propensities); default 1. */
  readonly weights?: Float32Array;
}

export interface GroupOptions {
  /**
   * At most so many unlabelled candidates a query are kept, drawn by the query's seed after features are made, so
   * that ranks stay those of the whole list. Default: all.
   */
  readonly negatives?: number;
  /** Keep queries whose candidates hold no labelled item: a ranker learns nothing from them. Default false. */
  readonly keepUnlabelled?: boolean;
}

export interface LabelledCandidates {
  readonly groups: LabelledGroups;
  /** The item of each row of `groups`. */
  readonly items: Int32Array;
  /** The query of each group, as its place in the batch. */
  readonly queries: Int32Array;
}

/** Candidates of some queries with their features, before labels. */
export interface UnlabelledPart {
  /** Place of the part's first query in the whole batch. */
  readonly first: number;
  readonly seeds: Uint32Array;
  readonly offsets: Uint32Array;
  readonly items: Int32Array;
  readonly columns: readonly string[];
  /** [candidates x columns], row-major. */
  readonly features: Float32Array;
}

/** Collects parts into one training set. */
export const groupCollector = (labels: ItemLabels, options: GroupOptions) => {
  const parts: { features: Float32Array; items: Int32Array; labels: Float32Array; weights: Float32Array }[] = [];
  const sizes: number[] = [];
  const queries: number[] = [];

  const add = (part: UnlabelledPart): void => {
    const width = part.columns.length;
    for (let q = 0; q + 1 < part.offsets.length; q++) {
      const query = part.first + q;
      const liked = likedOf(labels, query);
      const places: number[] = [];
      const unlabelled: number[] = [];
      for (let k = part.offsets[q]!; k < part.offsets[q + 1]!; k++) {
        (liked.has(part.items[k]!) ? places : unlabelled).push(k);
      }
      if (places.length === 0 && !options.keepUnlabelled) continue;
      places.push(...drawn(unlabelled, options.negatives ?? unlabelled.length, part.seeds[q]!));
      places.sort((a, b) => a - b);
      const features = new Float32Array(places.length * width);
      places.forEach((place, r) => {
        features.set(part.features.subarray(place * width, (place + 1) * width), r * width);
      });
      const items = Int32Array.from(places, (place) => part.items[place]!);
      parts.push({
        features,
        items,
        labels: Float32Array.from(items, (item) => liked.get(item)?.grade ?? 0),
        weights: Float32Array.from(items, (item) => liked.get(item)?.weight ?? 1),
      });
      sizes.push(places.length);
      queries.push(query);
    }
  };

  const collect = (columns: readonly string[]): LabelledCandidates => {
    const offsets = new Uint32Array(sizes.length + 1);
    for (let g = 0; g < sizes.length; g++) offsets[g + 1] = offsets[g]! + sizes[g]!;
    const rows = offsets[sizes.length]!;
    const data = new Float32Array(rows * columns.length);
    const items = new Int32Array(rows);
    const grades = new Float32Array(rows);
    const weights = new Float32Array(rows);
    parts.forEach((part, g) => {
      data.set(part.features, offsets[g]! * columns.length);
      items.set(part.items, offsets[g]);
      grades.set(part.labels, offsets[g]);
      weights.set(part.weights, offsets[g]);
    });
    const features = { rows, columns: columns.length, data };
    const groups = { offsets, features, columns, labels: grades, ...(labels.weights && { weights }) };
    return { groups, items, queries: Int32Array.from(queries) };
  };

  return { add, collect };
};

interface Liked {
  readonly grade: number;
  readonly weight: number;
}

/** Of an item that stands several times, its best grade. */
const likedOf = ({ offsets, values, grades, weights }: ItemLabels, query: number): Map<number, Liked> => {
  const liked = new Map<number, Liked>();
  for (let k = offsets[query]!; k < offsets[query + 1]!; k++) {
    const grade = grades ? grades[k]! : 1;
    if (grade > (liked.get(values[k]!)?.grade ?? 0))
      liked.set(values[k]!, { grade, weight: weights ? weights[k]! : 1 });
  }
  return liked;
};

/** `count` of the places, uniformly without replacement (the first steps of a Fisher-Yates shuffle). */
const drawn = (places: readonly number[], count: number, seed: number): number[] => {
  if (count >= places.length) return [...places];
  const pool = [...places];
  const rng = createRng(seed).fork('negatives');
  for (let k = 0; k < count; k++) {
    const other = k + rng.int(pool.length - k);
    [pool[k], pool[other]] = [pool[other]!, pool[k]!];
  }
  return pool.slice(0, count);
};
