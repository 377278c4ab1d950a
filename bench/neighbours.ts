/**
 * item-knn, user-knn and bpr: what they reach and how long they take. `bench/neighbours.ts gowalla | ncf | speed | bpr`.
 * `speed` and `bpr` alternate with implicit (bench/peers/implicit_neighbours.py) when RECOGRAPH_PEERS_PYTHON names a
 * Python that has it. `gowalla` and `ncf` take `MODEL JSON-CONFIG` for one config instead of the listed ones.
 */
import { spawnSync } from 'node:child_process';
import type { Dataset, FittedModel, Model } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { bpr } from 'recograph/plugins/bpr';
import { itemKnn } from 'recograph/plugins/item-knn';
import { userKnn } from 'recograph/plugins/user-knn';
import { figures, type Given, gowalla, ncf } from './support/given.ts';

const threads = Number(process.env.RECOGRAPH_THREADS ?? 2);
const kernels = createKernels({ threads });
const components = { 'item-knn': itemKnn, 'user-knn': userKnn, bpr };
type Name = keyof typeof components;
const [mode = 'gowalla', only, json = '{}'] = process.argv.slice(2);

const train = async (name: Name, config: object, data: Dataset, seed = 1) => {
  const component = components[name];
  const model: Model = component.create(component.schema.parse(config) as never, { kernels } as never);
  const started = performance.now();
  const fitted = await model.fit(data, {} as never, {
    rng: createRng(seed),
    signal: new AbortController().signal,
    report: () => undefined,
  });
  return { fitted, seconds: (performance.now() - started) / 1000 };
};
const print = (fields: object): void => console.log(JSON.stringify(fields));
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

const quality = async (given: Given, configs: readonly (readonly [Name, object])[]): Promise<void> => {
  for (const [name, config] of only ? [[only as Name, JSON.parse(json) as object] as const] : configs) {
    const { fitted, seconds } = await train(name, config, given.parts.train);
    print({ name, ...config, seconds, ...(await figures(fitted, given)) });
    fitted.dispose?.();
  }
};

const peer = (...args: string[]): Record<string, number> | undefined => {
  const python = process.env.RECOGRAPH_PEERS_PYTHON;
  if (!python) return undefined;
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', RECOGRAPH_THREADS: String(threads) };
  const { stdout, stderr, status } = spawnSync(python, ['bench/peers/implicit_neighbours.py', ...args], { env });
  if (status !== 0) throw new Error(String(stderr));
  return JSON.parse(String(stdout)) as Record<string, number>;
};

/** The data anew each round, so that none finds the dataset's matrices ready. */
const race = async (
  name: Name,
  config: object,
  rounds: number,
  theirs: string[],
  measure: (fitted: FittedModel, given: Given) => Promise<object>,
): Promise<void> => {
  const own: number[] = [];
  const others: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const given = await ncf();
    const { fitted, seconds } = await train(name, config, given.parts.train, round + 1);
    own.push(seconds);
    print({ who: 'recograph', name, seconds, ...(await measure(fitted, given)) });
    fitted.dispose?.();
    const other = peer(...theirs);
    if (!other) continue;
    others.push(other.seconds!);
    print({ who: 'implicit', name, ...other });
  }
  const ratio = median(own) / median(others);
  print({ name, median: median(own), ...(others.length > 0 && { peer: median(others), ratio }) });
};

const modes: Record<string, () => Promise<void>> = {
  gowalla: async () =>
    quality(await gowalla(), [
      ['item-knn', { similarity: 'cosine', asymmetry: 0.25, shrinkage: 5 }],
      ['item-knn', { similarity: 'tf-idf', asymmetry: 0.25, shrinkage: 5 }],
    ]),
  ncf: async () =>
    quality(await ncf(), [
      ['item-knn', { similarity: 'cosine' }],
      ['item-knn', { similarity: 'tf-idf', neighbors: 200 }],
      ['user-knn', { similarity: 'cosine' }],
      ['bpr', { epochs: 12 }],
      ['bpr', { epochs: 60, learningRate: 0.03, regularization: 0.003 }],
    ]),
  speed: () => race('item-knn', { neighbors: 100 }, 5, ['item-knn'], async () => ({})),
  bpr: () => race('bpr', { factors: 64, epochs: 12 }, 3, ['bpr'], figures),
};
await modes[mode]!();
await kernels.dispose();
