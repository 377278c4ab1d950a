import { createRng } from '../math/index.ts';
import type { LabelledGroups, Ragged } from '../spi/index.ts';

/** What each query's user did next: row q holds items, `grades` how much each is worth (default 1, larger = better). */
export interface ItemLabels extends Ragged {
  readonly grades?: Float32Array;
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
  const parts: { features: Float32Array; items: Int32Array; labels: Float32Array }[] = [];
  const sizes: number[] = [];
  const queries: number[] = [];

  const add = (part: UnlabelledPart): void => {
    const width = part.columns.length;
    for (let q = 0; q + 1 < part.offsets.length; q++) {
      const query = part.first + q;
      const grades = gradesOf(labels, query);
      const places: number[] = [];
      const unlabelled: number[] = [];
      for (let k = part.offsets[q]!; k < part.offsets[q + 1]!; k++) {
        (grades.has(part.items[k]!) ? places : unlabelled).push(k);
      }
      if (places.length === 0 && !options.keepUnlabelled) continue;
      places.push(...drawn(unlabelled, options.negatives ?? unlabelled.length, part.seeds[q]!));
      places.sort((a, b) => a - b);
      const features = new Float32Array(places.length * width);
      places.forEach((place, r) => {
        features.set(part.features.subarray(place * width, (place + 1) * width), r * width);
      });
      const items = Int32Array.from(places, (place) => part.items[place]!);
      parts.push({ features, items, labels: Float32Array.from(items, (item) => grades.get(item) ?? 0) });
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
    parts.forEach((part, g) => {
      data.set(part.features, offsets[g]! * columns.length);
      items.set(part.items, offsets[g]);
      grades.set(part.labels, offsets[g]);
    });
    const features = { rows, columns: columns.length, data };
    return { groups: { offsets, features, columns, labels: grades }, items, queries: Int32Array.from(queries) };
  };

  return { add, collect };
};

const gradesOf = (labels: ItemLabels, query: number): Map<number, number> => {
  const grades = new Map<number, number>();
  for (let k = labels.offsets[query]!; k < labels.offsets[query + 1]!; k++) {
    const grade = labels.grades ? labels.grades[k]! : 1;
    if (grade > 0) grades.set(labels.values[k]!, Math.max(grade, grades.get(labels.values[k]!) ?? 0));
  }
  return grades;
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
