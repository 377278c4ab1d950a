import type { Matrix, TensorRuntime } from '../../spi/index.ts';
import { type Feeds, isLookup, uploadHost } from '../feeds.ts';
import type { InferencePass } from '../pass.ts';
import type { ItemInputs, ItemNetwork } from './network.ts';

/** Vectors of all rows, so many at a time; NaN where there is nothing to read. */
export const extractVectors = async (
  runtime: TensorRuntime,
  pass: InferencePass,
  network: ItemNetwork,
  inputs: ItemInputs,
  batchSize: number,
): Promise<Matrix> => {
  const { width } = network;
  const data = new Float32Array(inputs.rows * width).fill(Number.NaN);
  const rows = Int32Array.from({ length: inputs.rows }, (_, row) => row).filter((row) => inputs.has(row));
  if (inputs.size) rows.sort((a, b) => inputs.size!(a) - inputs.size!(b));
  for (let at = 0; at < rows.length; at += batchSize) {
    const batch = rows.subarray(at, at + batchSize);
    const vectors = runtime.scope(() => network.encode(pass, tensorsOf(runtime, pass, inputs.feeds(batch))));
    const found = await vectors.data<'float32'>();
    vectors.dispose();
    batch.forEach((row, k) => {
      data.set(found.subarray(k * width, (k + 1) * width), row * width);
    });
  }
  return { rows: inputs.rows, columns: width, data };
};

const tensorsOf = ({ tf }: TensorRuntime, pass: InferencePass, feeds: Feeds) =>
  Object.fromEntries(
    Object.entries(feeds).flatMap(([name, feed]) =>
      feed === undefined ? [] : [[name, isLookup(feed) ? pass.rows(feed) : uploadHost(tf, feed)]],
    ),
  );
