/** The plugin itself, at RecBole's sizes, on the training part of ncf-ml-1m: one positive and one drawn negative a pair. */
import { createKernels, createRng } from 'recograph/math';
import { neuralMf } from 'recograph/plugins/neural-mf';
import { createRuntime } from '../../core/runtime/index.ts';
import { datasetOf, largest, readUserItems } from '../harness/interactions.ts';
import { pairs } from './shape.ts';

const runtime = await createRuntime((process.env.RECOGRAPH_RUNTIME as 'wasm' | undefined) ?? 'wasm');
const kernels = createKernels({ threads: 1 });
const events = readUserItems(process.env.RECOGRAPH_NCF_TRAIN!);
const data = datasetOf(events, largest(events.users) + 1, largest(events.items) + 1);
const model = neuralMf.create(
  neuralMf.schema.parse({
    variant: 'neumf',
    factors: pairs.width,
    mlpFactors: pairs.width,
    hidden: pairs.hidden,
    dropout: pairs.dropout,
    negatives: 1,
    batchSize: pairs.batch / 2,
    learningRate: pairs.learningRate,
    epochs: 1,
  }) as never,
  { runtime, kernels } as never,
);

const batches = Math.ceil(data.positives().indices.length / (pairs.batch / 2));

/** Fits until two reports came: a tenth of an epoch to warm up, a tenth that is timed. */
process.on('message', async () => {
  const ended = new AbortController();
  let started: number | undefined;
  let answer: { ms: number; loss: number } | undefined;
  const report = ({ loss }: { loss?: number }): void => {
    if (started === undefined) started = performance.now();
    else if (!answer) {
      answer = { ms: (performance.now() - started) / Math.ceil(batches / 10), loss: loss! };
      ended.abort();
    }
  };
  await model.fit(data, {} as never, { rng: createRng(1), signal: ended.signal, report }).catch((error: unknown) => {
    if (!answer) throw error;
  });
  process.send!(answer);
});
