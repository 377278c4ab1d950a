import type { Dataset, RuntimeKind } from 'recograph';
import { createDataset, createRuntime, createVocabulary, sortInteractions } from 'recograph';
import { createRng } from 'recograph/math';
import { modelOf } from '../../test/support/neural-models.ts';
import { fitOptions, noInputs } from '../../test/support/tiny.ts';

/** Models at their usual widths, and the epochs that are timed; one line each. */
const SPEED: readonly (readonly [type: string, config: Readonly<Record<string, unknown>>, epochs: number])[] = [
  ['als', { factors: 64 }, 5],
  ['als', { factors: 256 }, 2],
  ['bpr', { factors: 64 }, 5],
  ['ease', {}, 1],
  ['mf', { factors: 64, feedback: 'implicit', batchSize: 4096 }, 1],
  ['factorization-machine', { factors: 32, batchSize: 4096 }, 1],
  ['deep-fm', { factors: 32, hidden: [256, 128], batchSize: 4096 }, 1],
  ['neural-mf', { factors: 64, mlpFactors: 64, hidden: [128, 64, 32], batchSize: 4096 }, 1],
  ['multi-task', { tasks: { chosen: {} }, factors: 32, hidden: [128], tower: [64], experts: 4, batchSize: 4096 }, 1],
  ['autoencoder', { hidden: [600], code: 200, batchSize: 500 }, 2],
  ['two-tower', { dimensions: 64, batchSize: 2048 }, 1],
  ['lightgcn', { factors: 64, batchSize: 4096 }, 1],
  ['rnn', { dimensions: 64, units: 128, batchSize: 256 }, 1],
  ['attention', { dimensions: 64, batchSize: 256 }, 1],
];

export interface SpeedRow {
  readonly model: string;
  /** Interactions times epochs, a second: here, and on wasm and the kernels of the CPU. */
  readonly samplesPerSecond: number;
  readonly onCpu: number;
  readonly faster: number;
}

/** Long-tailed items, one taste a user: enough shape to be no trivial data. `scale` 1 has a million interactions. */
const generated = (scale: number): Dataset => {
  const rng = createRng(1);
  const events = Math.round(1_000_000 * scale);
  const [users, items] = [Math.ceil(events / 160), Math.ceil(events / 260)];
  const ids = (prefix: string, count: number) =>
    createVocabulary(Array.from({ length: count }, (_, k) => `${prefix}${k}`));
  const columns = { users: new Int32Array(events), items: new Int32Array(events), times: new Float64Array(events) };
  for (let k = 0; k < events; k++) {
    columns.users[k] = rng.int(users);
    columns.items[k] = Math.floor(items * rng.next() ** 2 * (1 - (columns.users[k]! % 5) / 10));
    columns.times[k] = k * 60_000;
  }
  return createDataset({
    users: ids('u', users),
    items: ids('i', items),
    interactions: sortInteractions({ ...columns, values: new Float32Array(events).fill(Number.NaN) }, users),
  });
};

const measure = async (kind: RuntimeKind, data: Dataset): Promise<number[]> => {
  const runtime = await createRuntime(kind);
  const rates: number[] = [];
  for (const [type, config, epochs] of SPEED) {
    const timed = type === 'ease' ? config : { ...config, epochs };
    const model = modelOf(type, timed, runtime, runtime.gpu ? runtime : undefined);
    const run = async (): Promise<number> => {
      const started = performance.now();
      (await model.fit(data, noInputs, fitOptions())).dispose?.();
      return performance.now() - started;
    };
    // The first run compiles a GPU's programs; both sides get one.
    await run();
    const milliseconds = await run();
    rates.push((data.interactions.length * epochs) / (milliseconds / 1000));
    console.error(`${kind} ${type}: ${Math.round(milliseconds)} ms`);
  }
  runtime.dispose();
  return rates;
};

export const compareSpeed = async (kind: RuntimeKind, scale: number): Promise<SpeedRow[]> => {
  const data = generated(scale);
  const here = await measure(kind, data);
  const onCpu = await measure('wasm', data);
  return SPEED.map(([type, config], k) => ({
    model: `${type} ${JSON.stringify(config)}`,
    samplesPerSecond: Math.round(here[k]!),
    onCpu: Math.round(onCpu[k]!),
    faster: Math.round((100 * here[k]!) / onCpu[k]!) / 100,
  }));
};
