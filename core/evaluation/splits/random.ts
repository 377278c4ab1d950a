import type { Splitter } from '../../spi/index.ts';
import { rowsByPart, TEST, VALIDATION } from './rows.ts';

/** Every event alike: `round(test * n)` rows drawn for the test part, `round(validation * n)` of the rest for validation. */
export const randomSplit = (options: { test: number; validation: number }): Splitter => ({
  split: ({ length }, rng) => {
    const order = Uint32Array.from({ length }, (_, row) => row);
    const testRows = Math.round(options.test * length);
    const held = Math.min(length, testRows + Math.round(options.validation * length));
    const partOf = new Uint8Array(length);
    for (let k = 0; k < held; k++) {
      const other = k + rng.int(length - k);
      const row = order[other]!;
      order[other] = order[k]!;
      order[k] = row;
      partOf[row] = k < testRows ? TEST : VALIDATION;
    }
    return [rowsByPart(partOf)];
  },
});
