import type { FittedModel, Matrix } from 'recograph';
import { buildNeighborIndex, createKernels, createRng, similarityScan } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import { INDEX_FROM } from '../../core/training/similar-index.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { datasetOf, largest, readUserItems } from '../harness/interactions.ts';
import { timed } from '../harness/measure.ts';

const QUERIES = 300;
const K = 10;
const SIZES = [5_000, 10_000, 20_000, 40_981, 80_000];

export default {
  name: 'similar-index',
  about:
    "Ten nearest items by cosine: the graph's recall beside the exact scan on gowalla's item vectors (ALS, d=64), and the time of one query by the size of the catalogue on one thread; larger ones made by adding noise.",
  needs: ['gowalla'],
  asked: { 'recall@10, gowalla': { atLeast: 0.95 } },
  run: async (context) => {
    const kernels = createKernels({ threads: 1 });
    const events = readUserItems(context.data('gowalla/train.txt'));
    const data = datasetOf(events, largest(events.users) + 1, largest(events.items) + 1);
    const { value: model } = await fitTimed(als, { factors: 64, epochs: 5 }, { kernels }, data);
    const own = (model as FittedModel).itemVectors!();
    let crossover = 0;
    for (const size of context.quick ? [own.rows] : SIZES) {
      const vectors = sized(own, size);
      const scan = similarityScan(kernels, 'cosine', vectors);
      const { items } = scan.space;
      const { value: index, seconds: building } = await timed(() => buildNeighborIndex(items));
      const rng = createRng(1);
      const asked = Int32Array.from({ length: QUERIES }, () => rng.int(size));
      const rowOf = ({ columns, data }: Matrix, row: number): Matrix => ({
        rows: 1,
        columns,
        data: data.slice(row * columns, (row + 1) * columns),
      });
      const limits = { exclude: { offsets: new Uint32Array(2), values: new Int32Array(0) } };
      const exact: Int32Array[] = [];
      const scanning = await timed(async () => {
        for (const item of asked) exact.push((await scan.topK(rowOf(vectors, item), K, limits))[0]!.items);
      });
      let hits = 0;
      const searching = await timed(async () => {
        for (const [q, item] of asked.entries()) {
          const found = index!.search(rowOf(items, item).data, K);
          await scan.score(rowOf(vectors, item), found);
          hits += found.filter((each) => exact[q]!.includes(each)).length;
        }
      });
      const name = size === own.rows ? 'gowalla' : `${size} items`;
      context.figure(`recall@10, ${name}`, hits / (QUERIES * K));
      context.figure(`scan, ${name}`, (scanning.seconds / QUERIES) * 1000, 'ms');
      context.figure(`graph, ${name}`, (searching.seconds / QUERIES) * 1000, 'ms');
      context.note({ size, building });
      if (crossover === 0 && searching.seconds < scanning.seconds) crossover = size;
      scan.dispose();
    }
    context.figure('smallest catalogue where the graph is faster', crossover, 'items');
    context.note({ INDEX_FROM });
    model.dispose?.();
    await kernels.dispose();
  },
} satisfies Benchmark;

/** The first rows, or as many more with noise as are wanted. */
const sized = ({ rows, columns, data }: Matrix, size: number): Matrix => {
  const rng = createRng(2);
  const result = new Float32Array(size * columns);
  for (let k = 0; k < result.length; k++)
    result[k] = data[k % (rows * columns)]! + (k < data.length ? 0 : rng.normal() * 0.05);
  return { rows: size, columns, data: result };
};
