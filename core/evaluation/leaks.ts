import { type Dataset, RecographError } from '../spi/index.ts';
import type { Parts } from './parts.ts';

/**
 * Throws LEAK where one event (by its id) stands in the test part and in train or validation. Returns how many test
 * rows equal a row of those in user, item, value and time, which may be chance: one warning text, or none.
 */
export const checkLeaks = ({ train, validation, test }: Parts): string[] => {
  let equal = 0;
  for (const [name, part] of [
    ['train', train],
    ['validation', validation],
  ] as const) {
    const shared = sharedEvents(part, test);
    if (shared.count > 0) {
      throw new RecographError(
        'LEAK',
        `${shared.count} events stand in ${name} and in test, the first: user "${shared.user}", item "${shared.item}". ` +
          'Figures over them would measure memory. Give parts that share no event.',
        { at: 'evaluation.split' },
      );
    }
    equal += equalRows(part, test);
  }
  return equal === 0
    ? []
    : [`${equal} test events equal another event of train or validation in user, item, value and time.`];
};

const sharedEvents = (part: Dataset, test: Dataset): { count: number; user?: string; item?: string } => {
  const { eventIds, users, items } = part.interactions;
  let count = 0;
  let first = -1;
  if (apart(eventIds, test.interactions.eventIds)) return { count };
  const tested = test.interactions.eventIds.slice().sort();
  for (let row = 0; row < eventIds.length; row++) {
    if (!includes(tested, eventIds[row]!)) continue;
    count++;
    if (first < 0) first = row;
  }
  return first < 0 ? { count } : { count, user: part.users.id(users[first]!), item: part.items.id(items[first]!) };
};

/** Whether all of `a` are below all of `b`, or above, as where parts were read one after the other. */
const apart = (a: Float64Array, b: Float64Array): boolean => {
  const [lowA, highA] = rangeOf(a);
  const [lowB, highB] = rangeOf(b);
  return highA < lowB || highB < lowA;
};

const rangeOf = (ids: Float64Array): [number, number] => {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < ids.length; k++) {
    low = Math.min(low, ids[k]!);
    high = Math.max(high, ids[k]!);
  }
  return [low, high];
};

/** Whether the ascending `sorted` holds `id`. */
const includes = (sorted: Float64Array, id: number): boolean => {
  let low = 0;
  let high = sorted.length - 1;
  if (high < 0 || id < sorted[0]! || id > sorted[high]!) return false;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === id;
};

/** Test rows with an equal row in `part`; NaN equals NaN. */
const equalRows = (part: Dataset, test: Dataset): number => {
  const { items, values, times, userOffsets } = part.interactions;
  const tested = test.interactions;
  /** The last user seen with this item in test, + 1. */
  const testedBy = new Int32Array(test.items.size);
  let equal = 0;
  for (let user = 0; user + 1 < tested.userOffsets.length; user++) {
    const from = tested.userOffsets[user]!;
    const to = tested.userOffsets[user + 1]!;
    for (let row = from; row < to; row++) testedBy[tested.items[row]!] = user + 1;
    const matched = new Set<number>();
    for (let row = userOffsets[user]!, end = userOffsets[user + 1]!; row < end; row++) {
      if (testedBy[items[row]!] !== user + 1) continue;
      for (let other = from; other < to; other++) {
        const same = tested.items[other] === items[row] && Object.is(tested.values[other], values[row]);
        if (same && Object.is(tested.times[other], times[row])) matched.add(other);
      }
    }
    equal += matched.size;
  }
  return equal;
};
