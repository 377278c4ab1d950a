import type { ItemList, Ragged } from '../spi/index.ts';
import { head, take } from './lists.ts';

/** Places asked for beyond the end of a list, to see whether a tie crosses it. */
const MARGIN = 16;
/** How much more is asked for each time a tie still crosses the end. */
const GROWTH = 4;

/** The items that give way in ties, each with its place among them. */
type GivingWay = ReadonlyMap<number, number>;

/** Row q; undefined where nothing gives way in ties. */
export const givingWay = (tiesLast: Ragged | undefined, q: number): GivingWay | undefined =>
  tiesLast &&
  new Map(Array.from(tiesLast.values.subarray(tiesLast.offsets[q]!, tiesLast.offsets[q + 1]!), (item, k) => [item, k]));

/** The list with the items of `last`, in their order, at the end of each run of equal scores; otherwise in its order. */
export const withTiesLast = <L extends ItemList>(
  list: L,
  last: GivingWay | undefined,
  keep: (list: L, places: ArrayLike<number>) => L,
): L => {
  if (!last || last.size === 0) return list;
  const { items, scores } = list;
  const places: number[] = [];
  for (let from = 0, to = 0; from < items.length; from = to) {
    while (to < items.length && scores[to] === scores[from]) to++;
    for (let place = from; place < to; place++) if (!last.has(items[place]!)) places.push(place);
    const tied = Array.from({ length: to - from }, (_, k) => from + k).filter((place) => last.has(items[place]!));
    places.push(...tied.sort((a, b) => last.get(items[a]!)! - last.get(items[b]!)!));
  }
  return keep(list, places);
};

/**
 * The n best of `ask`. Where items give way in ties, so much is asked for that no tie crosses the end unseen, and they
 * are the first to be cut. `ask` gets the places of queries, ascending, and how many items to give each.
 */
export const bestOfTies = async (
  size: number,
  n: number,
  tiesLast: Ragged | undefined,
  ask: (queries: Int32Array, n: number) => Promise<readonly ItemList[]>,
): Promise<readonly ItemList[]> => {
  let open = Int32Array.from({ length: size }, (_, q) => q);
  if (!tiesLast) return ask(open, n);
  const lists: ItemList[] = new Array(size);
  for (let asked = n + MARGIN; open.length > 0; asked *= GROWTH) {
    const given = await ask(open, asked);
    open.forEach((q, k) => {
      lists[q] = head(withTiesLast(given[k]!, givingWay(tiesLast, q), take), n);
    });
    open = open.filter((_, k) => tieCrosses(given[k]!, n, asked));
  }
  return lists;
};

const tieCrosses = ({ scores }: ItemList, n: number, asked: number): boolean =>
  n > 0 && scores.length >= asked && scores[asked - 1] === scores[n - 1];
