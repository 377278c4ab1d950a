export interface DistinctItems {
  /** Each item of the lists once. */
  readonly items: Int32Array;
  /** For each list the places of its entries in `items`. */
  readonly places: readonly Int32Array[];
}

/** What several lists of a step name, so that it is looked up once; items are below `count`. */
export const distinctItems = (lists: readonly Int32Array[], count: number): DistinctItems => {
  const place = new Int32Array(count).fill(-1);
  const distinct: number[] = [];
  const places = lists.map((list) =>
    list.map((item) => {
      if (place[item]! < 0) place[item] = distinct.push(item) - 1;
      return place[item]!;
    }),
  );
  return { items: Int32Array.from(distinct), places };
};
