import type { LabelledGroups } from 'recograph';
import { createRng } from 'recograph/math';
import type { ScorerConfig } from 'recograph/nn';
import { describe, expect, it } from 'vitest';
import { pairwise } from '../../plugins/pairwise/index.ts';
import { lambdaRank, rankNet } from '../../plugins/pairwise/losses.ts';
import { pointwise } from '../../plugins/pointwise/index.ts';
import { logisticLoss, squaredLoss } from '../../plugins/pointwise/losses.ts';
import { softmax } from '../../plugins/softmax/index.ts';
import { softmaxLoss } from '../../plugins/softmax/loss.ts';
import { fitOptions, noInputs } from '../support/tiny.ts';

type Settings = Partial<ScorerConfig> & { readonly loss?: string };
const rankerOf = (component: typeof softmax | typeof pairwise | typeof pointwise, settings: Settings = {}) =>
  component.create(component.schema.parse({ features: ['a'], ...settings }) as never, {} as never);
const groupsOf = (columns: string[], groups: { label: number; row: number[] }[][]): LabelledGroups => {
  const rows = groups.flat();
  return {
    columns,
    offsets: Uint32Array.from([0, ...groups.map((_, g) => groups.slice(0, g + 1).flat().length)]),
    features: { rows: rows.length, columns: columns.length, data: Float32Array.from(rows.flatMap((r) => r.row)) },
    labels: Float32Array.from(rows, (r) => r.label),
  };
};
const trained = (groups: LabelledGroups, settings: Settings = {}) =>
  rankerOf(softmax, settings).fit(groups, noInputs, fitOptions());

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

it.each([
  ['softmax', softmax],
  ['logistic', pointwise],
] as const)('%s: finds the minimum that plain gradient descent finds', async (loss, component) => {
  const ranker = await rankerOf(component).fit(noisy, noInputs, fitOptions());
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
  const restored = await rankerOf(softmax).restore(ranker.state(), noInputs);
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

it.each([{}, { hidden: [4], epochs: 2 }])('is the same every time: %o', async (settings) => {
  expect((await trained(noisy, settings)).state()).toEqual((await trained(noisy, settings)).state());
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

it.each([{}, { hidden: [4] }])('stops when cancelled: %o', async (settings) => {
  const controller = new AbortController();
  const report = () => controller.abort();
  const fitting = rankerOf(softmax, settings).fit(noisy, noInputs, fitOptions({ signal: controller.signal, report }));
  await expect(fitting).rejects.toMatchObject({ code: 'CANCELLED' });
});

/** One group, three candidates with labels 2, 1, 0, and a second group that has nothing to tell. */
const graded = {
  offsets: Uint32Array.of(0, 3, 5),
  labels: Float32Array.of(2, 1, 0, 0, 0),
  weights: Float32Array.of(1, 3, 1, 1, 1),
};

describe('losses', () => {
  const losses = { softmaxLoss, logisticLoss, squaredLoss, rankNet };
  it.each(Object.entries(losses))('%s: the slopes are the derivatives of the value', (_, lossOf) => {
    const loss = lossOf(graded);
    const at = (scores: number[]) => loss.at(0, Float64Array.from([...scores, 0, 0]), new Float64Array(5));
    const scores = [0.3, -0.8, 0.5];
    const slopes = new Float64Array(5);
    loss.at(0, Float64Array.from([...scores, 0, 0]), slopes);
    scores.forEach((_, k) => {
      const moved = (by: number) => at(scores.map((score, j) => (j === k ? score + by : score)));
      expect(slopes[k]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 7);
    });
    expect(Array.from(slopes.subarray(3))).toEqual([0, 0]);
  });

  it('groups without a choice do not count; ranknet counts pairs and pointwise candidates, by their weights', () => {
    const sizes = [softmaxLoss, rankNet, lambdaRank, logisticLoss].map((lossOf) => [...lossOf(graded).sizes]);
    expect(sizes).toEqual([
      [1, 0],
      [5, 0],
      [1, 0],
      [5, 2],
    ]);
  });

  it('ranknet: the weighted mean of log(1 + exp(-margin)) over pairs', () => {
    // pairs (2, 1) and (2, 0) weigh 1, (1, 0) weighs 3; margins 1, 3, 2
    const softplus = (x: number) => Math.log(1 + Math.exp(x));
    const { sizes, at } = rankNet(graded);
    const value = at(0, Float64Array.of(3, 2, 0, 0, 0), new Float64Array(5)) / sizes[0]!;
    expect(value).toBeCloseTo((softplus(-1) + softplus(-3) + 3 * softplus(-2)) / 5, 10);
  });

  it('ranknet: a group of three pairs counts three times as much as one of one pair', async () => {
    // The first column is the better of each pair in the group of three pairs, the worse in the other: with one
    // weight w the mean over pairs is (3 softplus(-w) + softplus(w)) / 4, least at w = ln 3 but for the penalty.
    const groups = groupsOf(
      ['a'],
      [
        [{ label: 1, row: [1] }, ...[0, 0, 0].map(() => ({ label: 0, row: [0] }))],
        [
          { label: 1, row: [0] },
          { label: 0, row: [1] },
        ],
      ],
    );
    const ranker = rankerOf(pairwise, { loss: 'ranknet', regularization: 1e-9 });
    const fitted = await ranker.fit(groups, noInputs, fitOptions());
    const [high, low] = await fitted.score({ ...groups, offsets: Uint32Array.of(0, 6) });
    expect(high! - low!).toBeCloseTo(Math.log(3), 3);
  });

  it('lambdarank: a pair pulls by the NDCG that its swap changes', () => {
    // labels 2, 0 at ranks 2, 1: gain 3, IDCG 3, so |delta NDCG| = 1 - 1 / log2(3)
    const slopes = new Float64Array(2);
    const groups = { offsets: Uint32Array.of(0, 2), labels: Float32Array.of(2, 0) };
    const value = lambdaRank(groups).at(0, Float64Array.of(0, 1), slopes);
    const swap = 1 - 1 / Math.log2(3);
    expect(value).toBeCloseTo(swap * Math.log(1 + Math.E), 10);
    expect(slopes[0]).toBeCloseTo(-swap / (1 + Math.exp(-1)), 10);
    expect(slopes[1]).toBeCloseTo(swap / (1 + Math.exp(-1)), 10);
  });
});

it('mse: a weighted sum is fitted to the labels', async () => {
  const rows = [-2, -1, 0, 1, 2].map((x) => ({ row: [x], label: 3 * x + 7 }));
  const ranker = await rankerOf(pointwise, { loss: 'mse', regularization: 0 }).fit(
    groupsOf(['a'], [rows]),
    noInputs,
    fitOptions(),
  );
  const asked = groupsOf(['a'], [[{ row: [10], label: 0 }]]);
  expect((await ranker.score(asked))[0]).toBeCloseTo(37, 3);
});

it('hidden layers rank what no weighted sum can: nearest to the middle', async () => {
  const groups = groupsOf(
    ['a'],
    Array.from({ length: 60 }, () => {
      const values = Array.from({ length: 5 }, () => rng.normal());
      const best = values.reduce((top, x, k) => (Math.abs(x) < Math.abs(values[top]!) ? k : top), 0);
      return values.map((x, k) => ({ row: [x], label: k === best ? 1 : 0 }));
    }),
  );
  const hits = async (settings: Settings) => {
    const ranker = await trained(groups, settings);
    const scores = await ranker.score(groups);
    let hits = 0;
    for (let g = 0; g < 60; g++) {
      const own = scores.subarray(g * 5, g * 5 + 5);
      hits += groups.labels[g * 5 + own.indexOf(Math.max(...own))]!;
    }
    return hits;
  };
  expect(await hits({ regularization: 0 })).toBeLessThan(30);
  expect(await hits({ regularization: 0, hidden: [8], epochs: 100, learningRate: 0.02 })).toBeGreaterThan(50);
});

it('a weight counts like as many copies of its group', async () => {
  // two groups that contradict each other, the first 3 times as heavy: p = 3/4, so 2 w = ln 3
  const contradicting = groupsOf(
    ['a'],
    [
      [
        { row: [1], label: 1 },
        { row: [-1], label: 0 },
      ],
      [
        { row: [1], label: 0 },
        { row: [-1], label: 1 },
      ],
    ],
  );
  const groups = { ...contradicting, weights: Float32Array.of(3, 3, 1, 1) };
  const ranker = await rankerOf(pointwise, { regularization: 0 }).fit(groups, noInputs, fitOptions());
  expect((ranker.state().json as { weights: { a: number } }).weights.a).toBeCloseTo(Math.log(3), 5);
});
