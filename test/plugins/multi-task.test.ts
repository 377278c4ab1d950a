import {
  type ComponentState,
  createDataset,
  createRuntime,
  createVocabulary,
  type FitOptions,
  type OwnedRuntime,
  sortInteractions,
} from 'recograph';
import { createRng } from 'recograph/math';
import { parameter } from 'recograph/nn';
import { multiTask } from 'recograph/plugins/multi-task';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passOver } from '../../core/nn/pass.ts';
import { config as schema } from '../../plugins/multi-task/config.ts';
import { taskExamples } from '../../plugins/multi-task/examples.ts';
import { taskLoss } from '../../plugins/multi-task/loss.ts';
import { labelTasks, tasksToLearn } from '../../plugins/multi-task/tasks.ts';
import { contextWorld, type WorldEvent } from '../support/context-world.ts';
import { fitOptions, itemSet, noInputs, stranger } from '../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const model = (config: object) => multiTask.create(multiTask.schema.parse(config) as never, { runtime } as never);

describe('labels', () => {
  const data = createDataset({
    users: createVocabulary(['a', 'b']),
    items: createVocabulary(['x', 'y', 'z', 'w']),
    interactions: sortInteractions(
      {
        users: Int32Array.of(0, 0, 0, 1),
        items: Int32Array.of(0, 1, 2, 0),
        values: Float32Array.of(Number.NaN, 5, 2, 3),
        types: Uint8Array.of(0, 1, 1, 1),
        typeNames: ['click', 'rating'],
        times: Float64Array.of(1, 2, 3, 4),
      },
      2,
    ),
  });
  const config = schema.parse({
    tasks: { any: {}, liked: { types: ['rating'], min: 4 }, rating: { predict: 'value', scoreWeight: 0 } },
    negatives: 1,
  });

  it('come from types and values of events', () => {
    const [any, liked, rating] = labelTasks(data, config);
    expect([...any!.labels]).toEqual([1, 1, 1, 1]);
    expect([...liked!.labels]).toEqual([Number.NaN, 1, 0, 0]);
    expect([...rating!.labels]).toEqual([Number.NaN, 5, 2, 3]);
    expect([any, liked, rating].map((task) => task!.drawn)).toEqual([true, false, false]);
    // 4 events and 4 drawn items; one of three ratings; the mean rating.
    expect([any, liked, rating].map((task) => task!.mean)).toEqual([0.5, 1 / 3, 10 / 3]);
  });

  it('are 0 for drawn items in the tasks that take them, none in the others, and count evenly', () => {
    const batch = taskExamples(data, labelTasks(data, config), 1).batch(Int32Array.of(0, 1), createRng(1));
    expect([...batch.users]).toEqual([0, 0, 0, 0]);
    // The only item without an event of user 0.
    expect([...batch.items]).toEqual([0, 3, 1, 3]);
    expect([...batch.labels]).toEqual([1, 0, 0, 0, 0, 0, 1, 1, 5, 0, 0, 0]);
    expect([...batch.shares]).toEqual([1, 0, 0, 1, 0, 0, 1, 4, 4, 1, 0, 0]);
  });

  it('are none for an event of a user who has everything', () => {
    const full = contextWorld([{ item: 0, label: 1 }], [{}], [{}]).data;
    const batch = taskExamples(full, labelTasks(full, schema.parse({ tasks: { any: {} } })), 1).batch(
      Int32Array.of(0),
      createRng(1),
    );
    expect([...batch.items]).toEqual([0, 0]);
    expect([...batch.shares]).toEqual([2, 0]);
  });

  it('are missed where a task has none', () => {
    const wrong = schema.parse({ tasks: { bought: { types: ['purchase'] } } });
    expect(() => tasksToLearn(data, wrong)).toThrow(
      expect.objectContaining({ code: 'DATA_EMPTY', at: 'tasks.bought' }),
    );
  });
});

describe('the loss, worked out by hand', () => {
  const tasks = [
    { name: 'a', predict: 'chance', drawn: false },
    { name: 'b', predict: 'value', drawn: false },
  ] as const;
  const logVariances = parameter('s', [2], () => Float32Array.of(0.5, -0.3));
  const lossWith = (uncertain: boolean): number => {
    const { tf } = runtime;
    return runtime.scope(() => {
      const tensors = new Map([[logVariances, tf.tensor(logVariances.data)]]);
      const rows = {
        outputs: tf.tensor2d([2, 1, -1, 7], [2, 2]),
        labels: tf.tensor2d([1, 4, 0, 0], [2, 2]),
        shares: tf.tensor2d([1, 2, 1, 0], [2, 2]),
      };
      const options = { weights: [1, 3], logVariances: uncertain ? logVariances : undefined };
      return taskLoss(passOver(tf, tensors, false, createRng(1)), tasks, rows, options).dataSync()[0]!;
    });
  };
  // a: mean of log(1 + e^-2) and log(1 + e^-1); b: one label, (1 - 4)^2.
  const [a, b] = [(Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(-1))) / 2, 9];

  it('adds up by fixed weights', () => expect(lossWith(false)).toBeCloseTo(a + 3 * b, 4));

  it('adds up by uncertainty', () => {
    const expected = a * Math.exp(-0.5) + 0.25 + 3 * ((b * Math.exp(0.3)) / 2 - 0.15);
    expect(lossWith(true)).toBeCloseTo(expected, 4);
  });
});

/** One user and one item with embeddings 2 and 3; every parameter written down. */
const byHand = (experts: number, own: number): ComponentState => {
  const fields = [
    { name: 'user', side: 'user', kind: 'id', offset: 0, size: 1 },
    { name: 'item', side: 'item', kind: 'id', offset: 1, size: 1 },
  ];
  const task = (name: string) => ({ name, predict: 'chance', drawn: false });
  const shape = { layout: { fields, rows: 2 }, tasks: [task('a'), task('b')], experts, own, hidden: [1], tower: [] };
  const tensor = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
  const gated = experts + own > 1;
  const width = own > 0 ? 7 : gated ? 6 : 1;
  /** The third expert, where each of the two tasks has one of its own. */
  const third = (value: number) => (own > 0 ? [value] : []);
  return {
    json: { ...shape, factors: 1, dropout: 0 },
    tensors: {
      vectors: tensor([2, 1], 2, 3),
      weights: tensor([2, 2], 0.6, -0.4, 0.1, 0.7),
      // Columns: experts, then the gates of a and of b.
      'first/query': tensor([1, width], ...(gated ? [0.5, 1, ...third(0.2), 0.1, 0, 0, 0.2] : [0.5])),
      'first/item': tensor([1, width], ...(gated ? [1, -0.5, ...third(0.1), 0, 0.1, -0.2, 0] : [1])),
      'first/bias': tensor([width], ...(gated ? [-1, 0.25, ...third(0), 0, 0, 0.1, 0] : [-1])),
      'output/0/weights': tensor([1, 1], 0.5),
      'output/0/bias': tensor([1], 0.1),
      'output/1/weights': tensor([1, 1], -1),
      'output/1/bias': tensor([1], 0),
      bias: tensor([2], 0.2, 0.3),
    },
  } as unknown as ComponentState;
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const share = (x: number, y: number): number => Math.exp(x) / (Math.exp(x) + Math.exp(y));

it.each([
  // First order .6 + .1 and -.4 + .7. One expert: relu(2 * .5 + 3 - 1) = 3.
  ['shared bottom', 1, 0, 0.5 * 3 + 0.3 + 0.7, -3 + 0.3 + 0.3],
  // Experts relu(1 + 3 - 1) = 3 and relu(2 - 1.5 + .25) = .75; gates from (.2, .3) and (-.5, .4).
  [
    'mixture of experts',
    2,
    0,
    0.5 * (3 * share(0.2, 0.3) + 0.75 * share(0.3, 0.2)) + 0.3 + 0.7,
    -(3 * share(-0.5, 0.4) + 0.75 * share(0.4, -0.5)) + 0.3 + 0.3,
  ],
  // The second expert is a's alone; b's is relu(.4 + .3) = .7, with the same gates.
  [
    'customized gate control',
    1,
    1,
    0.5 * (3 * share(0.2, 0.3) + 0.75 * share(0.3, 0.2)) + 0.3 + 0.7,
    -(3 * share(-0.5, 0.4) + 0.7 * share(0.4, -0.5)) + 0.3 + 0.3,
  ],
])('scores by the equation of a %s, worked out by hand', async (_, experts, own, a, b) => {
  const scoreWith = async (config: object): Promise<number> => {
    const fitted = await model({ tasks: { a: {}, b: {} }, ...config }).restore(byHand(experts, own), noInputs);
    const [score] = await fitted.score({ ...stranger(), users: Int32Array.of(0) }, itemSet(0));
    fitted.dispose?.();
    return score!;
  };
  expect(await scoreWith({ tasks: { a: {}, b: { scoreWeight: 0 } } })).toBeCloseTo(sigmoid(a), 5);
  expect(await scoreWith({})).toBeCloseTo(sigmoid(a) * sigmoid(b), 5);
  expect(await scoreWith({ tasks: { a: {}, b: { scoreWeight: 2 } } })).toBeCloseTo(sigmoid(a) * sigmoid(b) ** 2, 5);
  expect(await scoreWith({ tasks: { a: { scoreWeight: 3 }, b: {} }, score: 'sum' })).toBeCloseTo(
    3 * sigmoid(a) + sigmoid(b),
    5,
  );
});

describe('a fitted model', () => {
  // Each user has events with the items of one genre; of those the cheap ones are liked.
  const items = Array.from({ length: 8 }, (_, item) => ({
    genre: item % 2 === 0 ? 'noir' : 'farce',
    cheap: item < 4 ? 'yes' : 'no',
  }));
  const users = Array.from({ length: 6 }, (_, user) => ({ taste: user % 2 === 0 ? 'noir' : 'farce' }));
  const events: WorldEvent[] = users.flatMap((_, user) =>
    items.flatMap((_, item) => (user % 2 === item % 2 ? [{ user, item, label: 1, value: item < 4 ? 5 : 2 }] : [])),
  );
  const { data, ask, set } = contextWorld(events, items, users);
  const tasks = { seen: {}, liked: { min: 4 } };
  const settings = {
    tasks,
    factors: 4,
    hidden: [8],
    tower: [4],
    experts: 2,
    dropout: 0,
    epochs: 60,
    learningRate: 0.02,
    batchSize: 16,
    regularization: 0,
  };
  const learn = (config: object = {}, options: Partial<FitOptions> = {}) =>
    model({ ...settings, ...config }).fit(data, noInputs, fitOptions(options));
  const all = set(...items.map((_, item) => [item] as const));

  it.each([
    ['shared-bottom', 'fixed'],
    ['mmoe', 'fixed'],
    ['mmoe', 'uncertainty'],
    ['cgc', 'fixed'],
  ])('learns every task: %s, %s weights', async (architecture, weighting) => {
    const fitted = await learn({ architecture, weighting });
    const of = async (name: string) => {
      const only = Object.fromEntries(
        Object.entries(tasks).map(([task, config]) => [task, { ...config, scoreWeight: task === name ? 1 : 0 }]),
      );
      const opened = await model({ ...settings, tasks: only }).restore(fitted.state(), noInputs);
      return { scores: await opened.score(ask({ user: 0 }), all), calibrated: opened.capabilities.calibrated };
    };
    const [seen, liked] = [await of('seen'), await of('liked')];
    const at = (scores: Float32Array, keep: (item: number) => boolean) => [...scores].filter((_, item) => keep(item));
    expect(Math.min(...at(seen.scores, (i) => i % 2 === 0))).toBeGreaterThan(
      Math.max(...at(seen.scores, (i) => i % 2 === 1)),
    );
    expect(Math.min(...at(liked.scores, (i) => i % 2 === 0 && i < 4))).toBeGreaterThan(0.8);
    expect(Math.max(...at(liked.scores, (i) => i % 2 === 0 && i >= 4))).toBeLessThan(0.2);
    expect([seen.calibrated, liked.calibrated, fitted.capabilities.calibrated]).toEqual([
      'none',
      'probability',
      'none',
    ]);
  });

  it('is the same for the same seed, and for a training that was interrupted', async () => {
    const short = { dropout: 0.3, epochs: 3, weighting: 'uncertainty' };
    const expected = (await learn(short)).state();
    expect((await learn(short)).state()).toEqual(expected);
    let saved: ComponentState | undefined;
    const stop = new AbortController();
    const checkpoint = {
      load: async () => saved,
      save: async (state: ComponentState) => {
        saved = structuredClone(state);
        stop.abort();
      },
    };
    await expect(learn(short, { checkpoint, signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await learn(short, { checkpoint })).state()).toEqual(expected);
  });

  it('leaves the embeddings alone where no task may move them, and learns above them', async () => {
    const learned = async (embeddingRate: number, epochs: number) => {
      const slow = Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, { ...task, embeddingRate }]));
      return (await learn({ tasks: slow, epochs })).state().tensors;
    };
    const [once, twice, free] = [await learned(0, 1), await learned(0, 2), await learned(0.5, 2)];
    expect(twice.vectors).toEqual(once.vectors);
    expect(twice['first/item']).not.toEqual(once['first/item']);
    expect(free.vectors).not.toEqual(once.vectors);
  });

  it('watches the tasks that the validation part has labels for', async () => {
    const unrated = contextWorld(
      events.map((event) => ({ ...event, value: Number.NaN })),
      items,
      users,
    ).data;
    const metrics: number[] = [];
    const report = ({ metric }: { metric?: number }) => metric !== undefined && metrics.push(metric);
    await learn({ epochs: 2 }, { validation: unrated, report });
    expect(metrics).toHaveLength(2);
    expect(metrics.every(Number.isFinite)).toBe(true);
  });

  it('stops early on the validation part', async () => {
    const metrics: number[] = [];
    const report = ({ metric }: { metric?: number }) => metric !== undefined && metrics.push(metric);
    await learn({ patience: 2 }, { validation: data, report });
    expect(metrics.length).toBeLessThan(60);
    expect(Math.max(...metrics)).toBe(metrics.at(-3));
  });

  it('leaves no tensor behind', async () => {
    const before = runtime.describe().tensors;
    (await learn({ epochs: 1 })).dispose?.();
    expect(runtime.describe().tensors).toBe(before);
  });
});

it.each([
  ['no task', { tasks: {} }],
  ['no task in the score', { tasks: { a: { scoreWeight: 0 } } }],
  ['a product of values', { tasks: { a: { predict: 'value' } } }],
])('refuses a config with %s', (_, config) => {
  expect(multiTask.schema.safeParse(config).success).toBe(false);
});
