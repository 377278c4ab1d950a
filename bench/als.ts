/**
 * ALS: what it reaches and how long it takes. `bench/als.ts quality | speed | lists | scan | memory | scale`, each with an
 * optional JSON config over the one measured.
 * `speed` and `lists` alternate with implicit (bench/peers/implicit_als.py) when RECOGRAPH_PEERS_PYTHON names a Python
 * that has it.
 */
import { spawnSync } from 'node:child_process';
import { type FittedModel, queriesOf } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import { dataPath, datasetOf, median } from './support/interactions.ts';
import { ncf, ultragcn } from './support/protocols.ts';

const kernels = createKernels({ threads: Number(process.env.RECOGRAPH_THREADS ?? 2) });
const [mode = 'quality', json = '{}'] = process.argv.slice(2);
const override = JSON.parse(json) as object;

type Data = ReturnType<typeof datasetOf>;
const train = async (
  data: Data,
  config: object,
  seed = 1,
): Promise<{ model: FittedModel; seconds: number; cpuSeconds: number }> => {
  const model = als.create(als.schema.parse({ ...config, ...override }) as never, { kernels } as never);
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const fitted = await model.fit(data, {} as never, {
    rng: createRng(seed),
    signal: new AbortController().signal,
    report: () => undefined,
  });
  const { user, system } = process.cpuUsage(cpu);
  return { model: fitted, seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
};
const print = (fields: object): void => console.log(JSON.stringify(fields));

const quality = async () => {
  const tasks = [
    { name: 'ncf-ml-1m', ...ncf(), config: { factors: 192, epochs: 12 } },
    { name: 'ultragcn-ml-1m', ...ultragcn(), config: { factors: 128 } },
  ];
  for (const { name, data, evaluate, config } of tasks) {
    for (const seed of [1, 2, 3]) {
      const { model, seconds } = await train(data, { regularization: 0.007, unobservedWeight: 0.3, ...config }, seed);
      print({ name, seed, seconds, ...(await evaluate(model)) });
      model.dispose?.();
    }
  }
};

const peer = (...args: string[]): Record<string, number> | undefined => {
  const python = process.env.RECOGRAPH_PEERS_PYTHON;
  if (!python) return undefined;
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', RECOGRAPH_DATA: dataPath() };
  const { stdout, stderr, status } = spawnSync(python, ['bench/peers/implicit_als.py', ...args], { env });
  if (status !== 0) throw new Error(String(stderr));
  return JSON.parse(String(stdout)) as Record<string, number>;
};

const speed = async () => {
  for (const [factors, epochs] of [
    [64, 15],
    [192, 12],
  ] as const) {
    const ours: number[] = [];
    const theirs: number[] = [];
    const ourCpu: number[] = [];
    const theirCpu: number[] = [];
    for (let round = 0; round < 3; round++) {
      const { data, evaluate } = ncf(); // anew, so that no round finds the dataset's matrices ready
      const { model, seconds, cpuSeconds } = await train(data, {
        factors,
        epochs,
        steps: 2,
        regularization: 0.007,
        unobservedWeight: 0.3,
      });
      ours.push(seconds);
      ourCpu.push(cpuSeconds);
      print({ who: 'recograph', factors, epochs, seconds, cpuSeconds, ...(await evaluate(model)) });
      model.dispose?.();
      const other = peer('fit', String(factors), String(epochs));
      if (!other) continue;
      theirs.push(other.seconds!);
      theirCpu.push(other.cpuSeconds!);
      print({ who: 'implicit', factors, epochs, ...other });
    }
    const ratio = median(ours) / median(theirs);
    const cpuRatio = median(ourCpu) / median(theirCpu);
    print({ factors, epochs, median: median(ours), peer: median(theirs), ratio, cpuRatio });
  }
};

const lists = async () => {
  const { data } = ncf();
  const { model } = await train(data, { factors: 64, epochs: 3 });
  const queries = queriesOf(
    data,
    Int32Array.from({ length: data.users.size }, (_, u) => u),
  );
  const exclude = { offsets: queries.histories.offsets, values: queries.histories.items };
  const ours: number[] = [];
  for (let round = 0; round < 9; round++) {
    const started = performance.now();
    await model.recommend!(queries, 10, { exclude });
    ours.push(data.users.size / ((performance.now() - started) / 1000));
  }
  const theirs = [1, 2, 3].map(() => peer('recommend')?.usersPerSecond ?? Number.NaN);
  const best = Math.max(...ours);
  print({ usersPerSecond: median(ours), best, peerBest: Math.max(...theirs), ratio: best / Math.max(...theirs) });
};

/** 1M items x 64, the 100 best of one query on one thread, beside a plain read of as many bytes. */
const scan = async () => {
  const one = createKernels({ threads: 1 });
  const memory = one.memory();
  const items = { rows: 1_000_000, columns: 64, data: memory.floats(64_000_000) };
  const rng = createRng(1);
  for (let k = 0; k < items.data.length; k++) items.data[k] = rng.next() - 0.5;
  const query = { rows: 1, columns: 64, data: items.data.slice(0, 64) };
  const bytes = Buffer.from(items.data.buffer, items.data.byteOffset, items.data.byteLength);
  const copy = Buffer.alloc(bytes.length);
  const none = { exclude: { offsets: new Uint32Array(2), values: new Int32Array(0) } };
  const scans: number[] = [];
  const reads: number[] = [];
  for (let round = 0; round < 15; round++) {
    let started = performance.now();
    await one.topK(query, items, 100, none);
    scans.push(performance.now() - started);
    started = performance.now();
    if (bytes.indexOf('no such text in random floats') >= 0) throw new Error('found');
    reads.push(performance.now() - started);
    copy[0] = round;
  }
  print({ scanMs: median(scans), readMs: median(reads), ratio: median(scans) / median(reads) });
  await one.dispose();
};

const generated = (events: number, userCount: number, itemCount: number): Data => {
  const rng = createRng(5);
  const users = new Int32Array(events);
  const items = new Int32Array(events);
  for (let k = 0; k < events; k++) {
    users[k] = rng.int(userCount);
    items[k] = Math.min(itemCount - 1, Math.floor(itemCount * rng.next() ** 2));
  }
  return datasetOf({ users, items }, userCount, itemCount);
};

const memory = async () => {
  const { data } = ncf();
  const { seconds } = await train(data, { factors: 64, epochs: 15 });
  print({ seconds, peakMB: process.resourceUsage().maxRSS / 1024 });
};

const scale = async () => {
  const perEpoch = async (data: Data) => {
    const times: number[] = [];
    data.positivesByItem(); // made once for all fits
    for (const epochs of [1, 4]) times.push((await train(data, { factors: 64, epochs })).seconds);
    return (times[1]! - times[0]!) / 3;
  };
  const small = await perEpoch(generated(1_000_000, 100_000, 50_000));
  const large = await perEpoch(generated(10_000_000, 100_000, 50_000));
  print({ small, large, ratio: large / small, peakMB: process.resourceUsage().maxRSS / 1024 });
};

const modes: Record<string, () => Promise<void>> = { quality, speed, lists, scan, memory, scale };
await modes[mode]!();
await kernels.dispose();
