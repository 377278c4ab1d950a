import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { silentLog } from '../../../core/kernel/log.ts';
import type { BatchTask } from '../../../core/serving/backend.ts';
import type { CatalogueFeed } from '../../../core/serving/catalogue-feed.ts';
import type { BundleMemory, FromWorker, ToWorker } from '../../../core/serving/workers/messages.ts';
import { createWorkerPool } from '../../../core/serving/workers/pool.ts';

/** A thread that loads a bundle when it is told to, and answers no task before. */
class FakeThread extends EventEmitter {
  readonly bundles = new Set<string>();
  loading: string | undefined;
  memory: BundleMemory | undefined;
  readonly waiting: number[] = [];

  constructor() {
    super();
    setImmediate(() => this.say({ type: 'ready' }));
  }
  say(message: FromWorker): void {
    this.emit('message', message);
  }
  postMessage(message: ToWorker): void {
    if (message.type === 'load') {
      this.loading = message.bundle;
      this.memory = message.memory;
    }
    if (message.type === 'free' && this.bundles.delete(message.bundle)) {
      this.say({ type: 'left', memory: this.memory!.id });
    }
    if (message.type !== 'run') return;
    if (this.loading === undefined) this.answer(message.task);
    else this.waiting.push(message.task);
  }
  placed(): void {
    this.say({ type: 'placed', memory: this.memory!.id, files: {} });
  }
  loaded(): void {
    if (!this.memory!.files) this.placed();
    const bundle = this.loading!;
    this.loading = undefined;
    this.bundles.add(bundle);
    this.say({ type: 'loaded', bundle });
    for (const task of this.waiting.splice(0)) this.answer(task);
  }
  answer(task: number): void {
    const none = new Int32Array(0);
    const result = {
      offsets: new Uint32Array(1),
      items: none,
      scores: new Float32Array(0),
      sources: new Uint32Array(0),
      sourceNames: [],
      servedBy: new Uint8Array(0),
      failures: [],
    };
    this.say({ type: 'answer', task, result, seconds: 0 });
  }
  async terminate(): Promise<number> {
    return 0;
  }
}

const feed: CatalogueFeed = {
  records: new Map(),
  listed: 0,
  version: 0,
  changesSince: () => [],
  applied: async () => {},
  refresh: async () => false,
};
const task = (bundle: string) =>
  ({ bundle, pipeline: 'home', view: {}, batch: {}, deadlineMs: 500 }) as unknown as BatchTask;
const turn = () => new Promise((resolve) => setImmediate(resolve));

let pool: ReturnType<typeof createWorkerPool>;
const startPool = (size: number) => {
  const threads: FakeThread[] = [];
  pool = createWorkerPool({
    size,
    standby: true,
    start: () => {
      threads.push(new FakeThread());
      return threads.at(-1) as unknown as Worker;
    },
    readFront: async (id) => ({ front: {} as never, folder: id }),
    feed,
    clock: { now: () => 0 },
    log: silentLog,
    deadlineMs: 500,
  });
  return threads;
};
afterEach(() => pool.dispose());

const loadOn = async (threads: readonly FakeThread[], id: string): Promise<FakeThread> => {
  const loaded = pool.load(id);
  while (!threads.some(({ loading }) => loading === id)) await turn();
  const thread = threads.find(({ loading }) => loading === id)!;
  thread.loaded();
  await loaded;
  return thread;
};
const standingBy = async (threads: readonly FakeThread[], count: number): Promise<void> => {
  while (threads.length < count) await turn();
  for (let k = 0; k < 5; k++) await turn();
};

it('loads a new bundle on the thread that serves nothing, while the other answers on', async () => {
  const threads = startPool(1);
  const old = await loadOn(threads, 'old');
  await standingBy(threads, 2);
  const loaded = pool.load('young');
  while (!threads.some(({ loading }) => loading === 'young')) await turn();
  expect(threads.find(({ loading }) => loading === 'young')).not.toBe(old);
  await pool.run(task('old'));
  threads.find(({ loading }) => loading === 'young')!.loaded();
  await loaded;
  pool.free('old');
  await pool.run(task('young'));
  expect(threads).toHaveLength(2);
  expect(threads.map(({ bundles }) => [...bundles])).toEqual(old === threads[0] ? [[], ['young']] : [['young'], []]);
});

it('has the bundles of a thread that died loaded on the one that stands by', async () => {
  const threads = startPool(1);
  const dead = await loadOn(threads, 'only');
  await standingBy(threads, 2);
  const [other] = threads.filter((thread) => thread !== dead);
  dead.emit('exit', 3);
  expect(other!.loading).toBe('only');
  await expect(pool.run(task('only'))).rejects.toMatchObject({ code: 'WORKER_FAILED' });
  other!.loaded();
  await pool.run(task('only'));
  await pool.ready();
  expect(pool.stats()).toMatchObject({ workers: 1, ready: 1, restarts: 1 });
});

it('lets the threads of a bundle take the next one by turns', async () => {
  const threads = startPool(2);
  await loadOn(threads, 'old');
  while (!threads.some(({ loading }) => loading === 'old')) await turn();
  threads.find(({ loading }) => loading === 'old')!.loaded();
  await pool.ready();
  await standingBy(threads, 3);
  const loaded = pool.load('young');
  while (!threads.some(({ loading }) => loading === 'young')) await turn();
  expect(threads.filter(({ loading }) => loading !== undefined)).toHaveLength(1);
  threads.find(({ loading }) => loading !== undefined)!.loaded();
  await loaded;
  expect(threads.filter(({ loading }) => loading === 'young')).toHaveLength(1);
  await pool.run(task('old'));
});

it('gives a bundle up that takes three threads with it', async () => {
  const threads = startPool(1);
  const loaded = pool.load('deadly');
  const refused = expect(loaded).rejects.toMatchObject({ code: 'WORKER_FAILED' });
  for (let deaths = 0; deaths < 3; deaths++) {
    while (!threads.some(({ loading }) => loading === 'deadly')) await turn();
    const thread = threads.find(({ loading }) => loading === 'deadly')!;
    thread.loading = undefined;
    thread.emit('exit', 1);
  }
  await refused;
});
