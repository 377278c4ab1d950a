import { RecographError, type Splitter } from '../../spi/index.ts';
import { rowsByPart, TEST, VALIDATION } from './rows.ts';

/**
 * The past to learn from, the future to test on. Test: events at or after `at` (ms or ISO 8601), or the newest
 * fraction `test`; validation: the newest fraction `validation` of all events before those. Events of the same
 * millisecond are never torn apart, so a part can be larger than its fraction. Events without a time count as oldest.
 * Throws DATA_INVALID where no event has a time.
 */
export const temporalSplit = (options: { at?: string | number; test: number; validation: number }): Splitter => ({
  split: ({ length, times }) => {
    const known = times.filter((time) => !Number.isNaN(time)).sort();
    if (known.length === 0) {
      throw new RecographError(
        'DATA_INVALID',
        `evaluation.split.use is "temporal", but none of the ${length} events has a time. Name the time column in data.interactions.columns.time, or use "random".`,
        { at: 'evaluation.split.use' },
      );
    }
    /** The time from which on the newest `count` events before place `end` stand; Infinity = none. */
    const cut = (end: number, count: number): number =>
      count > 0 && end > 0 ? known[Math.max(0, end - count)]! : Number.POSITIVE_INFINITY;
    const testFrom =
      options.at === undefined ? cut(known.length, Math.round(options.test * length)) : milliseconds(options.at);
    const before = lowerBound(known, testFrom);
    const validationFrom = cut(before, Math.round(options.validation * length));
    const partOf = new Uint8Array(length);
    for (let row = 0; row < length; row++) {
      if (times[row]! >= testFrom) partOf[row] = TEST;
      else if (times[row]! >= validationFrom) partOf[row] = VALIDATION;
    }
    return [rowsByPart(partOf)];
  },
});

const milliseconds = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

/** How many of the ascending `times` are below `bound`. */
const lowerBound = (times: Float64Array, bound: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
};
