import {
  type Attributes,
  createDataset,
  createVocabulary,
  fitFeatureVocabulary,
  queriesOf,
  sortInteractions,
} from 'recograph';
import { createRng } from 'recograph/math';
import { deepFm } from 'recograph/plugins/deep-fm';
import { createRuntime } from '../../core/runtime/index.ts';
import { config } from '../accuracy/deep-fm-frappe.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { median, timed } from '../harness/measure.ts';

const USERS = 957;
const ITEMS = 4082;
const CANDIDATES = 1000;
const EVENTS = 20_000;
const ROUNDS = 200;
/** Columns of frappe's context and how many labels each has. */
const LABELS = { daytime: 7, weekday: 7, isweekend: 2, homework: 3, cost: 2, weather: 9, country: 80, city: 233 };

const context = (k: number): Attributes =>
  Object.fromEntries(Object.entries(LABELS).map(([name, labels]) => [name, `${name} ${(k * 31) % labels}`]));

/** Frappe's shapes with generated events: what is learned does not change what a score costs. */
const generated = () => {
  const rng = createRng(1);
  const contexts = Array.from({ length: EVENTS }, (_, k) => context(k));
  const ids = (count: number) => createVocabulary(Array.from({ length: count }, (_, k) => String(k)));
  const vocabulary = fitFeatureVocabulary(contexts);
  const draw = (bound: number) => Int32Array.from({ length: EVENTS }, () => rng.int(bound));
  const interactions = sortInteractions(
    {
      users: draw(USERS),
      items: draw(ITEMS),
      weights: Float32Array.from(draw(3), (k) => (k === 0 ? 1 : 0)),
      context: vocabulary.encode(contexts),
    },
    USERS,
  );
  return { data: createDataset({ users: ids(USERS), items: ids(ITEMS), interactions }), vocabulary };
};

export default {
  name: 'deep-fm-scoring',
  about: '1,000 candidates for one request by DeepFM on one core: the shapes and settings of deep-fm-frappe.',
  asked: { 'one request': { atMost: 5 } },
  run: async (run) => {
    const runtime = await createRuntime('wasm');
    run.runtime(runtime.kind);
    const { data, vocabulary } = generated();
    const settings = { ...config, epochs: 1 };
    const { value: model } = await fitTimed(deepFm, settings, { runtime }, data);
    const indices = Int32Array.from({ length: CANDIDATES }, (_, k) => k * 4);
    const items = { kind: 'shared', indices, features: { rows: CANDIDATES, columns: {} } } as const;
    const seconds: number[] = [];
    for (let round = 0; round < (run.quick ? 20 : ROUNDS); round++) {
      const query = queriesOf(data, Int32Array.of(round % USERS));
      const asked = { ...query, context: vocabulary.encode([context(round)]) };
      seconds.push((await timed(() => model.score(asked, items))).seconds);
    }
    run.note({ settings, best: Math.min(...seconds) * 1000 });
    run.figure('one request', median(seconds) * 1000, 'ms');
    model.dispose?.();
    await runtime.dispose();
  },
} satisfies Benchmark;
