import { createRng } from 'recograph/math';
import {
  datasetSlots,
  encodeSide,
  frequencyShares,
  itemSlots,
  layFields,
  normal,
  pairwise,
  pointwiseExamples,
  pointwiseMetric,
  poolFields,
  querySlots,
  slotsOf,
  sumVectors,
} from 'recograph/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime, type OwnedRuntime } from '../../../core/runtime/index.ts';
import { contextWorld } from '../../support/context-world.ts';

const world = contextWorld(
  [
    { user: 0, item: 0, label: 1, context: { slot: 'a' } },
    { user: 1, item: 1, label: 0, context: { slot: 'b' } },
  ],
  [{ tags: ['x', 'y'] }, {}, { tags: ['x'] }],
);

describe('fields', () => {
  it('lie one after another: ids, then columns, user before context before item', () => {
    const { fields, rows } = layFields(world.data, { ids: ['user', 'item'] });
    expect(fields.map(({ name }) => name)).toEqual(['user', 'context.slot', 'item', 'item.tags']);
    let offset = 0;
    for (const field of fields) {
      expect(field.offset).toBe(offset);
      offset += field.size;
    }
    expect(rows).toBe(offset);
  });

  it('are refused by name where the data has none', () => {
    expect(() => layFields(world.data, { ids: [], fields: ['item.tgas'] })).toThrow(/item\.tgas.*Known: .*item\.tags/);
  });

  it('take a slot each, bags as many as their longest, shares adding up to one', () => {
    const layout = layFields(world.data, { ids: ['item'], fields: ['item.tags'] });
    const slots = itemSlots(layout, world.set([0], [1], [2], [7]));
    expect(slots.widths).toEqual([1, 2]);
    const tags = layout.fields[1]!.offset;
    const [x, y] = [slots.places[1]!, slots.places[2]!];
    expect(slots.places).toEqual(Int32Array.of(0, x, y, 1, tags, -1, 2, x, -1, -1, tags, -1));
    expect([...slots.factors!].slice(0, 3)).toEqual([1, 0.5, 0.5]);
  });

  it('give an unknown user no row, a missing value its own', () => {
    const layout = layFields(world.data, { ids: ['user'] });
    const slots = querySlots(layout, world.ask({ user: -1 }));
    expect([...slots.places]).toEqual([-1, layout.fields[1]!.offset]);
  });

  it('multiply numbers, and mark missing ones', () => {
    const features = {
      rows: 2,
      columns: { price: { kind: 'dense', width: 1, values: Float32Array.of(3, Number.NaN) } },
    } as const;
    const layout = {
      rows: 2,
      fields: [{ name: 'item.price', side: 'item', column: 'price', kind: 'dense', offset: 0, size: 2 }],
    } as const;
    const slots = slotsOf([{ side: encodeSide(layout, 'item', features, undefined), rows: Int32Array.of(1, 0) }]);
    expect([...slots.places]).toEqual([1, 0]);
    expect([...slots.factors!]).toEqual([1, 3]);
  });

  it('know which rows training reaches', () => {
    const layout = layFields(world.data, { ids: ['user', 'item'], fields: [] });
    const slots = datasetSlots(layout, world.data);
    const reached = (negatives: number) => [
      ...slots.reached(pointwiseExamples(world.data, { task: 'classification', negatives })),
    ];
    expect(reached(0)).toEqual([1, 1, 1, 1, 0]);
    expect(reached(1)).toEqual([1, 1, 1, 1, 1]);
  });

  it('know how often an epoch looks a row up, drawn items by their expectation', () => {
    const layout = layFields(world.data, { ids: ['user', 'item'], fields: [] });
    const slots = datasetSlots(layout, world.data);
    const occurrences = (negatives: number) => [
      ...slots.occurrences(pointwiseExamples(world.data, { task: 'classification', negatives })),
    ];
    expect(occurrences(0)).toEqual([1, 1, 1, 1, 0]);
    // Of the two events the first is a positive: its user stands beside 6 drawn items, 2 of each of the three.
    expect(occurrences(6)).toEqual([7, 1, 3, 3, 2]);
  });

  it('weigh the L2 of a row by a power of how often it occurs', () => {
    expect(frequencyShares(() => Float64Array.of(4, 1, 0), 1)).toBeUndefined();
    expect(frequencyShares(() => Float64Array.of(4, 1, 0), 0)).toEqual(Float32Array.of(0.25, 1, 0));
    expect(frequencyShares(() => Float64Array.of(4, 1, 0), 0.5)).toEqual(Float32Array.of(0.5, 1, 0));
  });
});

describe('pointwise examples', () => {
  it('label events by weight, with negatives only where none were recorded', () => {
    const examples = pointwiseExamples(world.data, { task: 'classification' });
    expect([examples.negatives, examples.mean]).toEqual([0, 0.5]);
    expect([...examples.batch(Int32Array.of(1, 0), createRng(1)).targets]).toEqual([0, 1]);
  });

  it("draw negatives beside each positive, in the positive's context", () => {
    const examples = pointwiseExamples(world.data, { task: 'classification', negatives: 3 });
    const batch = examples.batch(Int32Array.of(0, 1), createRng(1));
    expect([...batch.targets]).toEqual([1, 0, 0, 0, 0]);
    expect([...batch.events]).toEqual([0, 0, 0, 0, 1]);
    expect(examples.mean).toBeCloseTo(1 / 5, 10);
    for (const item of batch.items.subarray(1, 4)) expect(item).toBeGreaterThan(0);
  });
});

describe('pointwise metric', () => {
  it('is the area under the ROC curve, ties counting half, or minus the squared error', () => {
    const labels = Float32Array.of(1, 0, 1, 0);
    // Pairs (1, 0): .9 > .5, .9 > .1, .5 = .5, .5 > .1.
    expect(pointwiseMetric('classification', Float32Array.of(0.9, 0.5, 0.5, 0.1), labels)).toBe(3.5 / 4);
    expect(pointwiseMetric('regression', Float32Array.of(1, 2, 1, 0), labels)).toBe(-1);
  });
});

describe('field tensors', () => {
  let runtime: OwnedRuntime;
  beforeAll(async () => {
    runtime = await createRuntime('wasm');
  });
  afterAll(() => runtime.dispose());

  it('sum all pairs of vectors as the double loop does', () => {
    const [rows, n, columns] = [3, 5, 4];
    const data = normal(createRng(5), 1)([rows, n * columns]);
    const [pairs] = runtime.scope(() => {
      const vectors = runtime.tf.tensor2d(data, [rows, n * columns]);
      return [pairwise(runtime.tf, vectors, sumVectors(runtime.tf, vectors, columns)).dataSync()];
    });
    for (let r = 0; r < rows; r++) {
      let sum = 0;
      for (let a = 0; a < n; a++) {
        for (let b = a + 1; b < n; b++) {
          for (let c = 0; c < columns; c++) {
            sum += data[(r * n + a) * columns + c]! * data[(r * n + b) * columns + c]!;
          }
        }
      }
      expect(pairs![r]).toBeCloseTo(sum, 4);
    }
  });

  it('pool the slots of each field', () => {
    const [pooled] = runtime.scope(() => {
      const slots = runtime.tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 3, 2]);
      return [[...poolFields(runtime.tf, slots, [1, 2]).dataSync()]];
    });
    expect(pooled).toEqual([1, 2, 8, 10]);
  });
});
