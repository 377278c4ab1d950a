import type { ComponentState, FittedModel, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { multiTask } from 'recograph/plugins/multi-task';
import { builtInMetrics } from '../../core/evaluation/index.ts';
import { createRuntime } from '../../core/runtime/index.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { mean } from '../harness/measure.ts';
import { readMlLatestSmall } from '../harness/ml-latest-small.ts';
import { pairScores } from '../harness/pair-scores.ts';
import { bootstrapInterval } from '../harness/paired-bootstrap.ts';

const TASKS = { rated: {}, liked: { min: 4 } };
type Task = keyof typeof TASKS;
const NAMES = Object.keys(TASKS) as Task[];
/** Chosen on the validation part, which also stops each model's training, by its own tasks. */
const SETTINGS = {
  ...{ factors: 16, hidden: [64, 32], tower: [16], negatives: 2, dropout: 0.2, regularization: 0.003 },
  ...{ learningRate: 0.003, batchSize: 1024, epochs: 60, patience: 15 },
};
/** Alone `liked` has learned by heart after three epochs; `rated` wants fifty: together `liked` moves embeddings little. */
const LIKED_TOGETHER = { lossWeight: 0.3, embeddingRate: 0.03 };
const DESIGNS: Readonly<Record<string, object>> = {
  'cgc, fixed': { architecture: 'cgc', experts: 1 },
  'mmoe, fixed': { architecture: 'mmoe', experts: 3 },
  'mmoe, uncertainty': { architecture: 'mmoe', experts: 3, weighting: 'uncertainty' },
  'shared bottom, fixed': { architecture: 'shared-bottom' },
};

interface Rows {
  readonly users: number[];
  readonly items: number[];
  readonly labels: Float32Array;
}

const create = (runtime: TensorRuntime, tasks: object, design: object) =>
  multiTask.create(multiTask.schema.parse({ ...SETTINGS, ...design, tasks }) as never, { runtime } as never);

/** The same learned state, ranking by one task alone. */
const byTask = (runtime: TensorRuntime, state: ComponentState, names: readonly Task[], task: Task) => {
  const tasks = Object.fromEntries(names.map((name) => [name, { ...TASKS[name], scoreWeight: name === task ? 1 : 0 }]));
  return create(runtime, tasks, {}).restore(state, {} as never) as Promise<FittedModel>;
};

export default {
  name: 'multi-task-ml-latest-small',
  about:
    'multi-task against its single tasks: rated (AUC against 4 drawn unrated items each) and liked (>= 4, AUC among rated) on the newest fifth of each user. Arguments: designs, the first is compared; default all.',
  asked: {
    'lowest upper end of the differences': { atLeast: 0 },
    'highest lower end of the differences': { atLeast: 0 },
  },
  needs: ['ml-latest-small'],
  run: async (context) => {
    const runtime = await createRuntime('wasm');
    context.runtime(runtime.kind);
    const { train, validation, test, byUser } = readMlLatestSmall(context);
    const rows = testRows(test, byUser, train.items.size);
    const designs = context.args.length > 0 ? context.args : Object.keys(DESIGNS);
    const unknown = designs.find((label) => !(label in DESIGNS));
    if (unknown) throw new Error(`There is no design "${unknown}", but ${Object.keys(DESIGNS).join('; ')}.`);
    /** AUC of each seed by model and task, and the scores behind it. */
    const scores = new Map<string, Float32Array[]>();
    const fitAll = async (label: string, names: readonly Task[], design: object, seed: number) => {
      const together = names.length > 1;
      const tasks = Object.fromEntries(
        names.map((name) => [name, { ...TASKS[name], ...(together && name === 'liked' && LIKED_TOGETHER) }]),
      );
      const config = { ...SETTINGS, ...design, tasks };
      const { value, seconds } = await fitTimed(multiTask, config, { runtime }, train, seed, validation);
      const aucs: Record<string, number> = {};
      for (const task of names) {
        const opened = await byTask(runtime, value.state(), names, task);
        const own = await pairScores(opened, train, rows[task].users, rows[task].items);
        opened.dispose?.();
        aucs[task] = aucOf(rows[task], own)(new Float64Array(own.length).fill(1));
        const key = `${label}: ${task}`;
        scores.set(key, [...(scores.get(key) ?? []), own]);
      }
      value.dispose?.();
      context.note({ seed, model: label, seconds, ...aucs });
    };
    for (const seed of context.quick ? context.seeds.slice(0, 1) : context.seeds) {
      for (const task of NAMES) await fitAll('single', [task], { architecture: 'shared-bottom' }, seed);
      for (const label of designs) await fitAll(label, NAMES, DESIGNS[label]!, seed);
    }
    const once = (task: Task) => new Float64Array(rows[task].users.length).fill(1);
    const average = (key: string, task: Task, times: Float64Array): number =>
      mean(scores.get(key)!.map((own) => aucOf(rows[task], own)(times)));
    const best = designs[0]!;
    const ends: (readonly [number, number])[] = [];
    for (const task of NAMES) {
      const single = average(`single: ${task}`, task, once(task));
      context.figure(`single: ${task} AUC`, single);
      for (const label of designs) {
        context.figure(`${label}: ${task} AUC`, average(`${label}: ${task}`, task, once(task)));
      }
      const all = [`${best}: ${task}`, `single: ${task}`].map((key) =>
        scores.get(key)!.map((s) => aucOf(rows[task], s)),
      );
      const users = rows[task].users;
      const interval = bootstrapInterval(
        byUser.length,
        (drawn) => {
          const times = Float64Array.from(users, (user) => drawn[user]!);
          const [multi, alone] = all.map((aucs) => mean(aucs.map((auc) => auc(times))));
          return multi! - alone!;
        },
        { draws: 400 },
      );
      ends.push(interval);
      context.note({ model: best, task, interval });
    }
    context.figure('lowest upper end of the differences', Math.min(...ends.map(([, high]) => high)));
    context.figure('highest lower end of the differences', Math.max(...ends.map(([low]) => low)));
    await runtime.dispose();
  },
} satisfies Benchmark;

/** Under weights of the rows. */
const aucOf = ({ labels }: Rows, scores: Float32Array) =>
  builtInMetrics.auc.prepare({ scores, labels, values: labels });

const testRows = (
  test: ReturnType<typeof readMlLatestSmall>['test'],
  byUser: ReturnType<typeof readMlLatestSmall>['byUser'],
  items: number,
): Readonly<Record<Task, Rows>> => {
  const rng = createRng(11);
  const seen = byUser.map((own) => new Set(own.map(([, item]) => item)));
  const rated: { user: number; item: number; label: number }[] = [];
  for (const [user, item] of test) {
    rated.push({ user, item, label: 1 });
    for (let n = 0; n < 4; ) {
      const drawn = rng.int(items);
      if (seen[user]!.has(drawn)) continue;
      rated.push({ user, item: drawn, label: 0 });
      n++;
    }
  }
  const liked = test.map(([user, item, value]) => ({ user, item, label: value >= 4 ? 1 : 0 }));
  const rowsOf = (all: typeof rated): Rows => ({
    users: all.map(({ user }) => user),
    items: all.map(({ item }) => item),
    labels: Float32Array.from(all, ({ label }) => label),
  });
  return { rated: rowsOf(rated), liked: rowsOf(liked) };
};
