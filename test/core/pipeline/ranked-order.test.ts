import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rankedOrder } from '../../../core/pipeline/ranked-order.ts';

it('orders by score descending, then item, as a comparator does', () => {
  const score = fc.oneof(
    fc.constantFrom(0, -0, 1, -1, 3.4028234663852886e38, -3.4028234663852886e38, 1e-45, -1e-45),
    fc.float({ noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1_000_000), score), { maxLength: 40 }), (entries) => {
      const items = Int32Array.from(entries, ([item]) => item);
      const scores = Float32Array.from(entries, ([, s]) => s);
      const expected = [...entries.keys()].sort((a, b) =>
        scores[a] === scores[b] ? items[a]! - items[b]! || a - b : scores[b]! - scores[a]!,
      );
      expect([...rankedOrder(items, scores)]).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
