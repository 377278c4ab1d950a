import fc from 'fast-check';
import type { Scalar, Tensor, Tf } from 'recograph';
import { createRng } from 'recograph/math';
import {
  type Augmentation,
  type Augmented,
  attentionBlock,
  augment,
  bucketsOf,
  type CellKind,
  dropout,
  emptyRows,
  hitsOf,
  layoutOf,
  type Parameter,
  type Pass,
  packAugmented,
  packNextItems,
  recurrent,
  type SequenceRows,
  sharedSoftmax,
  writeSequence,
} from 'recograph/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passOver } from '../../../core/nn/pass.ts';
import { createRuntime, type OwnedRuntime } from '../../../core/runtime/index.ts';
import { ragged } from '../../support/ragged.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const randomSequences = fc.array(fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 12 }), { maxLength: 20 });

describe('packing', () => {
  it('gives every step of every sequence the step behind it, and no other', () => {
    fc.assert(
      fc.property(randomSequences, fc.integer({ min: 1, max: 8 }), (rows, length) => {
        const all = Int32Array.from(rows, (_, k) => k);
        const { inputs, places, targets, owners } = packNextItems(ragged(rows), all, length);
        const found = Array.from(places, (place, n) => [owners[n], inputs.items[place], targets[n]]);
        const wanted = rows.flatMap((items, row) =>
          items
            .slice(0, -1)
            .map((item, k) => [row, item, items[k + 1]])
            .slice(-length),
        );
        const sorted = (list: unknown[][]) => list.map((entry) => entry.join()).sort();
        expect(sorted(found)).toEqual(sorted(wanted));
      }),
    );
  });

  it('counts positions from the first step that is read and keeps a sequence in one row', () => {
    const { inputs } = packNextItems(
      ragged([
        [1, 2, 3, 4, 5],
        [6, 7],
        [8, 9, 10],
      ]),
      Int32Array.of(0, 1, 2),
      3,
    );
    expect([...inputs.items]).toEqual([2, 3, 4, 8, 9, 6]);
    expect([...inputs.positions]).toEqual([0, 1, 2, 0, 1, 0]);
    expect([...inputs.segments]).toEqual([0, 0, 0, 2, 2, 1]);
  });

  it('leaves little padding among sequences of many lengths', () => {
    const rng = createRng(3);
    const rows = Array.from({ length: 256 }, () => new Array(2 + rng.int(rng.int(10) === 0 ? 50 : 8)).fill(0));
    const { inputs, places } = packNextItems(
      ragged(rows),
      Int32Array.from(rows, (_, k) => k),
      50,
    );
    expect(places.length / inputs.items.length).toBeGreaterThan(0.95);
  });

  it('puts each whole sequence in a row of a length of its own when asked', () => {
    fc.assert(
      fc.property(randomSequences, (rows) => {
        const seen = new Map<number, { items: number[]; length: number }>();
        for (const { inputs, owners, ends } of bucketsOf(ragged(rows), 10, 24)) {
          owners.forEach((row, r) => {
            const items = [...inputs.items.subarray(r * inputs.length, ends[r]! + 1)];
            seen.set(row, { items, length: inputs.length });
          });
        }
        rows.forEach((items, row) => {
          expect(seen.get(row)?.items ?? []).toEqual(items.slice(-10));
          if (items.length > 0) expect(seen.get(row)!.length).toBe(Math.min(10, Math.ceil(items.length / 4) * 4));
        });
      }),
    );
  });
});

describe('augmenting', () => {
  const long = ragged([Array.from({ length: 10 }, (_, k) => k), [20, 21]]);
  const changed = (way: Augmentation, seed: number) => augment(long, Int32Array.of(0), [way], createRng(seed));
  const seeds = Array.from({ length: 40 }, (_, seed) => seed);
  const first = ({ sequences }: Augmented): number[] => [...sequences.values];

  it('crops to a run of .6 of the steps, and as often leaves the sequence as it is', () => {
    const lists = seeds.map((seed) => first(changed('crop', seed)));
    for (const list of lists) expect(list).toEqual(list.map((_, k) => list[0]! + k));
    expect(new Set(lists.map(({ length }) => length))).toEqual(new Set([6, 10]));
    expect(new Set(lists.map(([item]) => item)).size).toBeGreaterThan(2);
  });

  it('hides .3 of the inputs, and of no target', () => {
    for (const seed of seeds) {
      const { sequences, hidden } = changed('mask', seed);
      expect([...sequences.values]).toEqual([...long.values.subarray(0, 10)]);
      expect([0, 3]).toContain(hidden.filter((hides) => hides === 1).length);
    }
    const { inputs, targets } = packAugmented(long, Int32Array.of(0), 50, ['mask'], createRng(2));
    expect([...targets]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    inputs.items.forEach((item, place) => {
      expect([-1, place]).toContain(item);
    });
  });

  it('puts a run of .2 of the steps in another order, and no more', () => {
    const lists = seeds.map((seed) => first(changed('reorder', seed)));
    for (const list of lists) expect(list.toSorted((a, b) => a - b)).toEqual([...long.values.subarray(0, 10)]);
    const moved = lists.map((list) => list.filter((item, k) => item !== k).length);
    expect(new Set(moved)).toEqual(new Set([0, 2]));
  });

  it('says whose each step is', () => {
    const { owners, targets } = packAugmented(long, Int32Array.of(1, 0), 50, ['crop'], createRng(1));
    expect([...owners]).toEqual(Array.from(targets, (item) => (item >= 20 ? 1 : 0)));
  });
});

/** Two sequences in the first row, one and padding in the second. */
const sample = (): SequenceRows => {
  const rows = emptyRows(2, 5);
  writeSequence(rows, 0, Int32Array.of(0, 1, 2), 0, 3, 0);
  writeSequence(rows, 3, Int32Array.of(3, 4), 0, 2, 1);
  writeSequence(rows, 5, Int32Array.of(5, 6, 7), 0, 3, 2);
  return rows;
};
const WIDTH = 8;
const xs = (): Float32Array => {
  const rng = createRng(5);
  return Float32Array.from({ length: 10 * WIDTH }, () => rng.normal());
};

type Sequenced = { parameters: readonly Parameter[]; apply(pass: Pass, x: Tensor): Tensor };

const layers: Record<string, () => Sequenced> = {
  attention: () => {
    const block = attentionBlock('block', WIDTH, 2, 6, createRng(7));
    return {
      parameters: block.parameters,
      apply: (pass, x) => block.apply(pass, x, layoutOf(pass.tf, sample())),
    };
  },
  ...Object.fromEntries(
    (['simple', 'gru', 'lstm'] satisfies CellKind[]).map((cell) => [
      cell,
      (): Sequenced => {
        const layer = recurrent(cell, cell, WIDTH, 4, createRng(7));
        return {
          parameters: layer.parameters,
          apply: (pass, x) => layer.apply(pass, x, layoutOf(pass.tf, sample())),
        };
      },
    ]),
  ),
};

const run = (use: (tf: Tf) => Tensor): Float32Array => {
  const result = runtime.scope(() => use(runtime.tf));
  const data = result.dataSync() as Float32Array;
  result.dispose();
  return data;
};
const passWith = (tf: Tf, { parameters }: Sequenced, values = parameters.map((p) => p.data)): Pass => {
  const tensors = parameters.map((p, k) => [p, tf.tensor(values[k]!, [...p.shape])] as const);
  return passOver(tf, new Map(tensors), false, createRng(1));
};
const outputs = (layer: Sequenced, x: Float32Array): Float32Array =>
  run((tf) => layer.apply(passWith(tf, layer), tf.tensor2d(x, [10, WIDTH])));

/** Compares the gradients of `loss` with central differences, in single precision. */
const checkGradients = (
  inputs: readonly { name: string; shape: readonly number[]; data: Float32Array }[],
  loss: (tf: Tf, tensors: readonly Tensor[]) => Tensor,
): void => {
  const { tf } = runtime;
  const tensors = (arrays: readonly Float32Array[]) => inputs.map(({ shape }, k) => tf.tensor(arrays[k]!, [...shape]));
  const arrays = inputs.map(({ data }) => data);
  const gradients = runtime.scope(() => tf.grads((...all) => loss(tf, all) as Scalar)(tensors(arrays)));
  inputs.forEach(({ name, data }, which) => {
    const found = gradients[which]!.dataSync();
    for (let k = 0; k < data.length; k += Math.ceil(data.length / 7)) {
      const moved = (by: number): number => {
        const changed = arrays.map((array) => array.slice());
        changed[which]![k]! += by;
        return run(() => loss(tf, tensors(changed)))[0]!;
      };
      expect(found[k]!, `${name} ${k}`).toBeCloseTo((moved(1e-2) - moved(-1e-2)) / 2e-2, 2);
    }
  });
  tf.dispose(gradients);
};

describe.each(Object.keys(layers))('%s', (name) => {
  it('shows no step what comes later, nor another sequence', () => {
    const layer = layers[name]!();
    const { segments } = sample();
    const before = outputs(layer, xs());
    const width = before.length / 10;
    for (let changed = 0; changed < 10; changed++) {
      const x = xs();
      for (let c = 0; c < WIDTH; c++) x[changed * WIDTH + c]! += 3 + c;
      const after = outputs(layer, x);
      for (let place = 0; place < 8; place++) {
        const of = (all: Float32Array) => [...all.subarray(place * width, (place + 1) * width)];
        if (segments[place] === segments[changed] && place >= changed) expect(of(after)).not.toEqual(of(before));
        else expect(of(after)).toEqual(of(before));
      }
    }
  });

  it('has the gradients that finite differences give', () => {
    const layer = layers[name]!();
    const x = { name: 'x', shape: [10, WIDTH], data: xs() };
    checkGradients([x, ...layer.parameters], (tf, [input, ...values]) => {
      const pass = passOver(tf, new Map(layer.parameters.map((p, k) => [p, values[k]!])), false, createRng(1));
      const y = layer.apply(pass, input!);
      return tf.sum(tf.mul(y, tf.sin(tf.reshape(tf.range(0, y.size), y.shape))));
    });
  });
});

describe('dropout', () => {
  const RATE = 0.25;
  const training = (tf: Tf): Pass => passOver(tf, new Map(), true, createRng(9));

  it('drops about so many, and scales what it keeps', () => {
    const found = [...run((tf) => dropout(training(tf), tf.ones([1001, 3]), RATE))];
    const kept = found.filter((value) => value !== 0);
    for (const value of kept) expect(value).toBeCloseTo(1 / (1 - RATE), 5);
    expect(Math.abs(kept.length / found.length - (1 - RATE))).toBeLessThan(0.03);
  });

  it('passes back what it let through', () => {
    const through = run((tf) => dropout(training(tf), tf.ones([50]), RATE));
    const back = run((tf) => tf.grad((x) => dropout(training(tf), x, RATE))(tf.zeros([50])));
    expect(back).toEqual(through);
  });

  it('of attention weights has the gradients that finite differences give', () => {
    const block = attentionBlock('block', WIDTH, 2, 6, createRng(7), RATE);
    const x = { name: 'x', shape: [10, WIDTH], data: xs() };
    checkGradients([x, ...block.parameters], (tf, [input, ...values]) => {
      const pass = passOver(tf, new Map(block.parameters.map((p, k) => [p, values[k]!])), true, createRng(1));
      const y = block.apply(pass, input!, layoutOf(tf, sample()));
      return tf.sum(tf.mul(y, tf.sin(tf.reshape(tf.range(0, y.size), y.shape))));
    });
  });
});

it('gives the places asked for what all places together get', () => {
  const block = attentionBlock('block', WIDTH, 2, 6, createRng(7));
  const places = Int32Array.of(4, 7);
  const ask = (tf: Tf, asked: boolean): Tensor => {
    const layout = layoutOf(tf, sample(), places);
    return block.apply(
      passWith(tf, { ...block, apply: () => tf.scalar(0) }),
      tf.tensor2d(xs(), [10, WIDTH]),
      layout,
      asked ? layout.ends : undefined,
    );
  };
  const [all, some] = [run((tf) => ask(tf, false)), run((tf) => ask(tf, true))];
  places.forEach((place, r) => {
    for (let c = 0; c < WIDTH; c++) expect(some[r * WIDTH + c]!).toBeCloseTo(all[place * WIDTH + c]!, 5);
  });
});

describe('shared softmax', () => {
  const rng = createRng(11);
  const normals = (name: string, rows: number) => ({
    name,
    shape: [rows, WIDTH],
    data: Float32Array.from({ length: rows * WIDTH }, () => rng.normal()),
  });
  const catalogue = normals('items', 6);
  const hidden = normals('hidden', 3);
  const targets = Int32Array.of(4, 0, 2);
  const of = (tf: Tf, h: Tensor, items: Tensor, others: Int32Array): Tensor =>
    sharedSoftmax(
      tf,
      h,
      tf.gather(items, tf.tensor1d(targets, 'int32')),
      tf.gather(items, tf.tensor1d(others, 'int32')),
      tf.tensor2d(hitsOf(targets, others), [3, 1]),
    );
  const dot = (step: number, item: number): number => {
    let sum = 0;
    for (let c = 0; c < WIDTH; c++) sum += hidden.data[step * WIDTH + c]! * catalogue.data[item * WIDTH + c]!;
    return sum;
  };
  /** In double precision, an item that is the target left out of the others. */
  const plain = (others: Int32Array): number => {
    const losses = Array.from(targets, (target, step) => {
      const rivals = [...others].filter((item) => item !== target);
      const total = [target, ...rivals].reduce((sum, item) => sum + Math.exp(dot(step, item)), 0);
      return Math.log(total) - dot(step, target);
    });
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  };

  it.each([
    ['all items', [0, 1, 2, 3, 4, 5]],
    ['others, one twice, with targets among them', [1, 4, 4, 5, 2]],
  ])('is the cross-entropy against %s', (_, list) => {
    const others = Int32Array.from(list);
    const found = run((tf) =>
      of(tf, tf.tensor2d(hidden.data, [3, WIDTH]), tf.tensor2d(catalogue.data, [6, WIDTH]), others),
    );
    expect(found[0]!).toBeCloseTo(plain(others), 5);
    checkGradients([hidden, catalogue], (tf, [h, items]) => of(tf, h!, items!, others));
  });
});

// A process has one runtime: this one comes last.
it('computes the same on wasm as on cpu', async () => {
  const built = Object.entries(layers).map(([name, make]) => [name, make()] as const);
  const wasm = built.map(([, layer]) => outputs(layer, xs()));
  runtime.dispose();
  runtime = await createRuntime('cpu');
  built.forEach(([name, layer], l) => {
    const cpu = outputs(layer, xs());
    // The last two places are padding.
    for (let k = 0; k < cpu.length * 0.8; k++) expect(wasm[l]![k]!, name).toBeCloseTo(cpu[k]!, 5);
  });
});
