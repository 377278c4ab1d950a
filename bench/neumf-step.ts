/** Milliseconds of one NeuMF training step: stock tfjs wasm against recograph/nn, alternating in one run. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer } from './neumf/shape.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const STEPS = Number(process.argv[3] ?? 4);

const sides = { stock: './neumf/stock.ts', recograph: './neumf/ours.ts' };
const workers = Object.entries(sides).map(([name, file]) => ({
  name,
  worker: fork(fileURLToPath(new URL(file, import.meta.url))),
  ms: [] as number[],
  loss: Number.NaN,
}));
const run = async (worker: ChildProcess, steps: number): Promise<Answer> => {
  worker.send(steps);
  const [answer] = (await once(worker, 'message')) as [Answer];
  return answer;
};
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const { worker } of workers) await run(worker, 2);
for (let round = 0; round < ROUNDS; round++) {
  for (const side of workers) {
    const { ms, loss } = await run(side.worker, STEPS);
    side.ms.push(ms);
    side.loss = loss;
  }
}
const [stock, ours] = workers.map(({ ms }) => median(ms)) as [number, number];
console.log(
  JSON.stringify({
    ...Object.fromEntries(workers.map(({ name, ms, loss }) => [name, { ms: Number(median(ms).toFixed(1)), loss }])),
    ratio: Number((stock / ours).toFixed(2)),
  }),
);
for (const { worker } of workers) worker.kill();
