import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { builtFile } from '../../../core/runtime/built-file.ts';
import { createRuntime } from '../../../core/runtime/index.ts';
import type { Tensor, Tf } from '../../../core/spi/index.ts';

/** What `run` gives on a runtime, and that it leaves no tensor behind. */
const on = async (kind: 'wasm' | 'cpu', run: (tf: Tf) => Tensor): Promise<number[]> => {
  const runtime = await createRuntime(kind);
  const before = runtime.describe().tensors;
  const result = runtime.scope(() => run(runtime.tf));
  const values = [...(await result.data())];
  result.dispose();
  expect(runtime.describe().tensors).toBe(before);
  runtime.dispose();
  return values;
};

const same = async (run: (tf: Tf) => Tensor): Promise<void> => {
  const [wasm, cpu] = [await on('wasm', run), await on('cpu', run)];
  expect(wasm.length).toBe(cpu.length);
  for (const [k, value] of cpu.entries()) {
    expect(Math.abs(wasm[k]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
  }
};

const wave = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, k) => Math.sin(k * 1.7 + seed));

it('sums segments like the cpu backend', async () => {
  const shapes = fc.record({
    rows: fc.integer({ min: 1, max: 20 }),
    width: fc.integer({ min: 1, max: 9 }),
    segments: fc.integer({ min: 1, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ rows, width, segments }) => {
      const ids = Int32Array.from({ length: rows }, (_, k) => (k * 5) % segments);
      await same((tf) =>
        tf.unsortedSegmentSum(tf.tensor2d(wave(rows * width, 1), [rows, width]), tf.tensor1d(ids, 'int32'), segments),
      );
    }),
    { numRuns: 20 },
  );
});

it('differentiates convolutions by their filter like the cpu backend', async () => {
  const shapes = fc.record({
    batch: fc.integer({ min: 1, max: 2 }),
    size: fc.integer({ min: 3, max: 7 }),
    channels: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 4 }),
    filter: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 2 }),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ batch, size, channels, filters, filter, stride, pad }) => {
      await same((tf) => {
        const x = tf.tensor4d(wave(batch * size * size * channels, 2), [batch, size, size, channels]);
        const w = tf.tensor4d(wave(filter * filter * channels * filters, 3), [filter, filter, channels, filters]);
        const loss = (w: Tensor) => tf.sum(tf.square(tf.conv2d(x, w as never, stride, pad))) as never;
        return tf.grad(loss)(w);
      });
    }),
    { numRuns: 20 },
  );
});

const small = fc.integer({ min: 1, max: 19 });

it('multiplies matrices like the cpu backend, transposed and broadcast', async () => {
  const shapes = fc.record({
    m: small,
    k: fc.oneof(small, fc.constant(300)),
    n: fc.oneof(small, fc.constant(270)),
    batches: fc.constantFrom(
      [[], []],
      [[3], [3]],
      [[2], [1]],
      [[1], [2]],
      [
        [2, 2],
        [2, 2],
      ],
    ),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ m, k, n, batches, transposeA, transposeB }) => {
      const aShape = [...batches[0]!, ...(transposeA ? [k, m] : [m, k])];
      const bShape = [...batches[1]!, ...(transposeB ? [n, k] : [k, n])];
      const size = (shape: number[]) => shape.reduce((product, length) => product * length, 1);
      await same((tf) => {
        const a = tf.tensor(wave(size(aShape), 4), aShape);
        const b = tf.tensor(wave(size(bShape), 5), bShape);
        return tf.matMul(a, b, transposeA, transposeB);
      });
    }),
    { numRuns: 40 },
  );
});

it('compares along an axis, and differentiates a maximum over it, like the cpu backend', async () => {
  const shapes = fc.record({ shape: fc.tuple(small, small, small), axis: fc.integer({ min: 0, max: 2 }) });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ shape, axis }) => {
      const values = wave(shape[0] * shape[1] * shape[2], 6).map((value) => Math.round(3 * value));
      const weights = wave(values.length / shape[axis]!, 7);
      await same((tf) => {
        const x = tf.tensor3d(values, shape);
        return tf.cast(tf.equal(x, tf.max(x, axis, true)), 'float32');
      });
      await same((tf) => {
        const loss = (x: Tensor) => tf.sum(tf.mul(tf.reshape(tf.max(x, axis), [weights.length]), weights)) as never;
        return tf.grad(loss)(tf.tensor3d(values, shape));
      });
    }),
    { numRuns: 30 },
  );
});

it('sums over any axes like the cpu backend', async () => {
  const shapes = fc.record({
    shape: fc.tuple(small, small, small),
    axes: fc.subarray([0, 1, 2], { minLength: 1 }),
    keepDims: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ shape, axes, keepDims }) => {
      const values = wave(shape[0] * shape[1] * shape[2], 6);
      await same((tf) => tf.sum(tf.tensor(values, shape), axes, keepDims));
    }),
    { numRuns: 20 },
  );
});

it('gathers along any axis like the cpu backend', async () => {
  const shapes = fc.record({
    shape: fc.tuple(small, small),
    axis: fc.integer({ min: 0, max: 1 }),
    picks: fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ shape, axis, picks }) => {
      const indices = Int32Array.from(picks, (pick) => pick % shape[axis]!);
      await same((tf) =>
        tf.gather(tf.tensor(wave(shape[0] * shape[1], 7), shape), tf.tensor1d(indices, 'int32'), axis),
      );
    }),
    { numRuns: 20 },
  );
});

it('joins and cuts along any axis like the cpu backend', async () => {
  const shapes = fc.record({
    shape: fc.tuple(small, small, small),
    other: small,
    axis: fc.integer({ min: -3, max: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ shape, other, axis }) => {
      const second = [...shape];
      second[(axis + 3) % 3] = other;
      const size = (lengths: number[]) => lengths.reduce((product, length) => product * length, 1);
      await same((tf) => {
        const joined = tf.concat(
          [tf.tensor(wave(size(shape), 8), shape), tf.tensor(wave(size(second), 9), second)],
          axis,
        );
        const place = (axis + 3) % 3;
        const parts = tf.split(joined, [other, shape[place]!], place);
        return tf.concat1d([joined, ...parts].map((part) => tf.reshape(part, [-1])) as never);
      });
    }),
    { numRuns: 20 },
  );
});

it('makes one-hot floats like the cpu backend', async () => {
  await same((tf) => tf.oneHot(tf.tensor2d([2, 0, -1, 5], [2, 2], 'int32'), 3, 0.75, 0.25, 'float32'));
  await same((tf) => tf.oneHot(tf.tensor1d([1, 0], 'int32'), 2));
});

it.each(['linear', 'relu'] as const)('multiplies, adds a bias and is %s like the cpu backend', async (activation) => {
  for (const [rows, inner, columns] of [
    [1, 1, 1],
    [5, 3, 7],
    [9, 300, 12],
  ] as const) {
    for (const bias of [true, false]) {
      await same((tf) =>
        tf.fused.matMul({
          a: tf.tensor2d(wave(rows * inner, 1), [rows, inner]),
          b: tf.tensor2d(wave(inner * columns, 2), [columns, inner]),
          transposeB: true,
          ...(bias && { bias: tf.tensor1d(wave(columns, 3)) }),
          activation,
        }),
      );
    }
  }
});

it("keeps no data of its own, which would lie over the backend's", async () => {
  const bytes = await readFile(builtFile('kernels.wasm'));
  const sections: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    sections.push(bytes[at++]!);
    let [length, shift, byte] = [0, 0, 0];
    do {
      byte = bytes[at++]!;
      length |= (byte & 127) << shift;
      shift += 7;
    } while (byte & 128);
    at += length;
  }
  expect(sections).toContain(10); // code
  expect(sections).not.toContain(11); // data
});
