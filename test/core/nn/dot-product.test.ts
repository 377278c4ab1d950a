import { queriesOf } from 'recograph';
import { expect, it } from 'vitest';
import { createRuntime } from '../../../core/runtime/index.ts';
import { dotProduct } from '../../support/dot-product.ts';
import { fitOptions, itemSet, noInputs, tiny } from '../../support/tiny.ts';

it.each(['wasm', 'cpu'] as const)('learns two camps with a forty-line model on %s', async (kind) => {
  const runtime = await createRuntime(kind);
  // Even users take even items; each leaves one of its camp's items out.
  const rows: number[][] = [];
  for (let u = 0; u < 12; u++) for (let i = 0; i < 10; i++) if (i % 2 === u % 2 && i !== u % 10) rows.push([u, i]);
  const data = tiny(12, 10, rows);
  const before = runtime.describe().tensors;
  const model = await dotProduct(runtime).fit(data, noInputs, fitOptions());
  expect(runtime.describe().tensors).toBe(before);
  const scores = await model.score(
    queriesOf(
      data,
      Int32Array.from({ length: 12 }, (_, u) => u),
    ),
    itemSet(...Array(10).keys()),
  );
  for (let u = 0; u < 12; u++) {
    const left = scores[u * 10 + (u % 10)]!;
    for (let i = 1 - (u % 2); i < 10; i += 2) expect(left).toBeGreaterThan(scores[u * 10 + i]!);
  }
  runtime.dispose();
});
