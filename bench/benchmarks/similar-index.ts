import type { FittedModel, Matrix } from 'recograph';
import { buildNeighborIndex, createKernels, createRng, similaritySpace } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { datasetOf, largest, readUserItems } from '../harness/interactions.ts';
import { timed } from '../harness/measure.ts';

const QUERIES = 500;
const K = 10;

export default {
  name: 'similar-index',
  about:
    "Ten nearest items by cosine: the graph's recall beside the exact scan on gowalla's item vectors (ALS, d=64), and the time of one query by the size of the catalogue, larger ones made by adding noise.",
  needs: ['gowalla'],
  asked: { 'recall@10, gowalla': { atLeast: 0.95 } },
  run: async (context) => {
    const kernels = createKernels({ threads: context.threads });
    const events = readUserItems(context.data('gowalla/train.txt'));
    const data = datasetOf(events, largest(events.users) + 1, largest(events.items) + 1);
    const { value: model } = await fitTimed(als, { factors: 64, epochs: 5 }, { kernels }, data);
    const own = similaritySpace('cosine', (model as FittedModel).itemVectors!()).items;
    for (const size of context.quick ? [own.rows] : [10_000, own.rows, 100_000, 200_000]) {
      const items = sized(own, size);
      const { value: index, seconds } = await timed(() => buildNeighborIndex(items));
      const rng = createRng(1);
      const asked = Int32Array.from({ length: QUERIES }, () => rng.int(size));
      const row = (item: number) => items.data.subarray(item * items.columns, (item + 1) * items.columns);
      const exact: Int32Array[] = [];
      const scan = await timed(async () => {
        for (const item of asked) {
          const limits = { exclude: { offsets: new Uint32Array(2), values: new Int32Array(0) } };
          const [list] = await kernels.topK({ rows: 1, columns: items.columns, data: row(item) }, items, K, limits);
          exact.push(list!.items);
        }
      });
      let hits = 0;
      const graph = await timed(() => {
        asked.forEach((item, q) => {
          const truth = new Set(exact[q]);
          for (const found of index!.search(row(item), K)) if (truth.has(found)) hits++;
        });
      });
      const name = size === own.rows ? 'gowalla' : `${size} items`;
      context.figure(`recall@10, ${name}`, hits / (QUERIES * K));
      context.figure(`scan, ${name}`, (scan.seconds / QUERIES) * 1000, 'ms');
      context.figure(`graph, ${name}`, (graph.seconds / QUERIES) * 1000, 'ms');
      context.note({ size, buildSeconds: seconds });
    }
    model.dispose?.();
    await kernels.dispose();
  },
} satisfies Benchmark;

/** The first rows, or as many more with noise as are wanted; rows without a direction are left out of neither. */
const sized = ({ rows, columns, data }: Matrix, size: number): Matrix => {
  const rng = createRng(2);
  const result = new Float32Array(size * columns);
  for (let k = 0; k < result.length; k++)
    result[k] = data[k % (rows * columns)]! + (k < data.length ? 0 : rng.normal() * 0.05);
  return { rows: size, columns, data: result };
};
