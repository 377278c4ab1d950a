import type { Splitter } from '../../spi/index.ts';
import { rowsByPart, TEST, VALIDATION } from './rows.ts';

/**
 * Each user's `last` newest events are the test part, the `validation` before them the validation part.
 * One event of each user always stays in train: a user of one event is not tested.
 */
export const leaveLastOut = (options: { last: number; validation: number }): Splitter => ({
  split: ({ length, userOffsets }) => {
    const partOf = new Uint8Array(length);
    for (let u = 0; u + 1 < userOffsets.length; u++) {
      const from = userOffsets[u]!;
      const to = userOffsets[u + 1]!;
      const testFrom = Math.max(from + 1, to - options.last);
      const validationFrom = Math.max(from + 1, testFrom - options.validation);
      if (testFrom < to) partOf.fill(TEST, testFrom, to);
      if (validationFrom < testFrom) partOf.fill(VALIDATION, validationFrom, testFrom);
    }
    return [rowsByPart(partOf)];
  },
});
