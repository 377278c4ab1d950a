import type { LabelledGroups } from 'recograph';
import { createRng } from 'recograph/math';
import { expect, it } from 'vitest';
import { createLinear } from '../../plugins/linear/linear.ts';
import { fitOptions, noInputs } from '../support/tiny.ts';

const config = { loss: 'softmax', regularization: 0.01, epochs: 200 } as const;
const groupsOf = (columns: string[], groups: { label: number; row: number[] }[][]): LabelledGroups => {
  const rows = groups.flat();
  return {
    columns,
    offsets: Uint32Array.from([0, ...groups.map((_, g) => groups.slice(0, g + 1).flat().length)]),
    features: { rows: rows.length, columns: columns.length, data: Float32Array.from(rows.flatMap((r) => r.row)) },
    labels: Float32Array.from(rows, (r) => r.label),
  };
};
const trained = (groups: LabelledGroups, changes: Partial<Parameters<typeof createLinear>[0]> = {}) =>
  createLinear({ ...config, ...changes }).fit(groups, noInputs, fitOptions());

const rng = createRng(7);
/** The first column decides, the second is noise, the third is missing now and then. */
const noisy = groupsOf(
  ['taste.score', 'noise', 'item.price'],
  Array.from({ length: 60 }, () => {
    const rows = Array.from({ length: 6 }, () => [
      rng.normal() * 5 + 3,
      rng.normal(),
      rng.next() < 0.3 ? Number.NaN : rng.normal(),
    ]);
    const best = rows.reduce((top, row, k) => (row[0]! + rng.normal() > rows[top]![0]! ? k : top), 0);
    return rows.map((row, k) => ({ row, label: k === best ? 1 : 0 }));
  }),
);

/** Standardised columns and indicators, in plain double precision. */
const standardised = ({ features, columns }: LabelledGroups): number[][] => {
  const rows = Array.from({ length: features.rows }, (_, r) =>
    columns.map((_, c) => features.data[r * columns.length + c]!),
  );
  const stats = columns.map((_, c) => {
    const known = rows.map((row) => row[c]!).filter((x) => !Number.isNaN(x));
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    return { mean, sd: Math.sqrt(known.reduce((a, b) => a + (b - mean) ** 2, 0) / known.length) };
  });
  return rows.map((row) => [
    ...row.map((x, c) => (Number.isNaN(x) ? 0 : (x - stats[c]!.mean) / stats[c]!.sd)),
    ...row.map((x) => (Number.isNaN(x) ? 1 : 0)),
  ]);
};

/** Plain gradient descent on the loss as published, run until it stands still. */
const descend = (groups: LabelledGroups, loss: 'softmax' | 'logistic', regularization: number): number[] => {
  const x = standardised(groups);
  const width = x[0]!.length;
  const w = new Array<number>(width + 1).fill(0);
  for (let step = 0; step < 4000; step++) {
    const gradient = w.map((value, c) => (c < width ? regularization * value : 0));
    const scores = x.map((row) => row.reduce((sum, value, c) => sum + value * w[c]!, w[width]!));
    const count = groups.offsets.length - 1;
    for (let g = 0; g < count; g++) {
      const [from, to] = [groups.offsets[g]!, groups.offsets[g + 1]!];
      const z = scores.slice(from, to).reduce((sum, s) => sum + Math.exp(s), 0);
      for (let r = from; r < to; r++) {
        const slope =
          loss === 'softmax'
            ? (Math.exp(scores[r]!) / z - groups.labels[r]!) / count
            : (1 / (1 + Math.exp(-scores[r]!)) - groups.labels[r]!) / x.length;
        x[r]!.forEach((value, c) => {
          gradient[c]! += slope * value;
        });
        gradient[width]! += slope;
      }
    }
    gradient.forEach((slope, c) => {
      w[c]! -= slope;
    });
  }
  return w;
};

it.each(['softmax', 'logistic'] as const)('%s: finds the minimum that plain gradient descent finds', async (loss) => {
  const ranker = await trained(noisy, { loss });
  const { weights, whenMissing, bias } = ranker.state().json as unknown as {
    weights: Record<string, number>;
    whenMissing: Record<string, number>;
    bias: number;
  };
  const expected = descend(noisy, loss, 0.01);
  noisy.columns.forEach((name, c) => {
    expect(weights[name]).toBeCloseTo(expected[c]!, 3);
  });
  expect(whenMissing['item.price']).toBeCloseTo(expected[5]!, 3);
  expect(bias).toBeCloseTo(expected[6]!, 3);
  expect(weights['taste.score']!).toBeGreaterThan(5 * Math.abs(weights.noise!));
});

it('scores alike after restore, and with columns in another order or absent', async () => {
  const ranker = await trained(noisy);
  const scores = await ranker.score(noisy);
  const restored = await createLinear(config).restore(ranker.state(), noInputs);
  expect(await restored.score(noisy)).toEqual(scores);
  const { features } = noisy;
  const turned = {
    offsets: noisy.offsets,
    columns: ['noise', 'item.price', 'taste.score'],
    features: {
      ...features,
      data: features.data.map((_, k) => features.data[Math.floor(k / 3) * 3 + [1, 2, 0][k % 3]!]!),
    },
  };
  expect(await restored.score(turned)).toEqual(scores);
  const without = {
    offsets: noisy.offsets,
    columns: [],
    features: { rows: features.rows, columns: 0, data: new Float32Array(0) },
  };
  expect((await restored.score(without)).every(Number.isFinite)).toBe(true);
});

it('is the same every time', async () => {
  expect((await trained(noisy)).state()).toEqual((await trained(noisy)).state());
});

it('counts several positives of a group by their grade', async () => {
  // two candidates, grades 3 : 1, one column +1 / -1: the minimum without L2 has p = 3/4, so 2 w = ln 3
  const groups = groupsOf(
    ['a'],
    [
      [
        { row: [1], label: 3 },
        { row: [-1], label: 1 },
      ],
    ],
  );
  const ranker = await trained(groups, { regularization: 0 });
  expect((ranker.state().json as { weights: { a: number } }).weights.a).toBeCloseTo(Math.log(3) / 2, 5);
});

it('refuses labels that are no numbers, and groups without a positive', async () => {
  const labels = (value: number) => ({ ...noisy, labels: noisy.labels.map(() => value) });
  await expect(trained(labels(Number.NaN))).rejects.toMatchObject({ code: 'NOT_FINITE' });
  await expect(trained(labels(0))).rejects.toMatchObject({ code: 'DATA_EMPTY' });
});

it('stops when cancelled', async () => {
  const controller = new AbortController();
  const report = () => controller.abort();
  const fitting = createLinear(config).fit(noisy, noInputs, fitOptions({ signal: controller.signal, report }));
  await expect(fitting).rejects.toMatchObject({ code: 'CANCELLED' });
});
