/** EASE on `ultragcn-ml-1m`: lambda chosen on the validation part, figures on the test part. `bench/ease.ts [LAMBDA...]`. */
import { createKernels, createRng } from 'recograph/math';
import { ease } from 'recograph/plugins/ease';
import { ultragcn } from './support/protocols.ts';

const kernels = createKernels();
const lambdas = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [300, 500, 700, 1000];
const results: { regularization: number; recall: number }[] = [];
const run = async (part: 'validation' | 'test', regularization: number) => {
  const { data, evaluate } = ultragcn(part);
  const model = ease.create(ease.schema.parse({ regularization }) as never, { kernels } as never);
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const fitted = await model.fit(data, {} as never, {
    rng: createRng(1),
    signal: new AbortController().signal,
    report: () => undefined,
  });
  const seconds = (performance.now() - started) / 1000;
  const { user } = process.cpuUsage(cpu);
  const metrics = await evaluate(fitted);
  fitted.dispose?.();
  console.log(JSON.stringify({ part, regularization, seconds, cpuSeconds: user / 1e6, ...metrics }));
  return metrics['recall@20']!;
};
for (const regularization of lambdas) results.push({ regularization, recall: await run('validation', regularization) });
results.sort((a, b) => b.recall - a.recall);
await run('test', results[0]!.regularization);
await kernels.dispose();
