/** The usual way: whole tables as variables, tfjs's Adam, the stock wasm backend with a plain scatter-add. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { builtFile } from '../../core/runtime/built-file.ts';
import { batchOf, shape } from './shape.ts';

const tf = await import('@tensorflow/tfjs-core');
await import(builtFile('gradients.mjs').href);
setWasmPaths(`${dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`);
await tf.setBackend('wasm');
tf.registerKernel({
  kernelName: 'UnsortedSegmentSum',
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const wasm = backend as BackendWasm;
    const { x, segmentIds } = inputs;
    const { numSegments } = attrs as { numSegments: number };
    const out = wasm.makeOutput([numSegments, ...x!.shape.slice(1)], 'float32');
    const sums = (wasm.typedArrayFromHeap(out) as Float32Array).fill(0);
    const values = wasm.typedArrayFromHeap(x!) as Float32Array;
    const ids = wasm.typedArrayFromHeap(segmentIds!) as Int32Array;
    const width = values.length / ids.length;
    for (let n = 0; n < ids.length; n++) {
      for (let c = 0; c < width; c++) sums[ids[n]! * width + c]! += values[n * width + c]!;
    }
    return out;
  },
});

const weights = (...size: number[]): Variable => tf.variable(tf.randomNormal(size, 0, 0.05, 'float32', 1));
const tables = {
  gmfUser: weights(shape.users, shape.width),
  mlpUser: weights(shape.users, shape.width),
  gmfItem: weights(shape.items, shape.width),
  mlpItem: weights(shape.items, shape.width),
};
const widths = shape.mlp;
const layers = widths.slice(1).map((width, k) => ({ w: weights(widths[k]!, width), b: weights(width) }));
const output = weights(widths.at(-1)! + shape.width, 1);
const adam = tf.train.adam(shape.learningRate);

const step = (number: number): Promise<Float32Array> => {
  const batch = batchOf(number);
  const loss = tf.tidy(() => {
    const users = tf.tensor1d(batch.users, 'int32');
    const items = tf.tensor1d(batch.items, 'int32');
    const labels = tf.tensor1d(batch.labels);
    return adam.minimize(() => {
      const gmf = tf.mul(tf.gather(tables.gmfUser, users), tf.gather(tables.gmfItem, items));
      let hidden: Tensor = tf.concat([tf.gather(tables.mlpUser, users), tf.gather(tables.mlpItem, items)], 1);
      for (const { w, b } of layers) hidden = tf.relu(tf.add(tf.matMul(hidden as never, w as never), b));
      const logits = tf.squeeze(tf.matMul(tf.concat([gmf, hidden], 1) as never, output as never), [1]) as Tensor1D;
      return tf.losses.sigmoidCrossEntropy(labels, logits) as Scalar;
    }, true)!;
  });
  return loss.data<'float32'>().finally(() => loss.dispose());
};

let done = 0;
process.on('message', async (steps: number) => {
  let loss = Number.NaN;
  const started = performance.now();
  for (let k = 0; k < steps; k++) loss = (await step(done++))[0]!;
  process.send!({ ms: (performance.now() - started) / steps, loss });
});
