import { type ComponentState, RecographError } from 'recograph';
import { createRng } from 'recograph/math';
import { bce, dense, lookup, mlp, normal, type TrainOptions, table, train } from 'recograph/nn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRuntime, type OwnedRuntime } from '../../../core/runtime/index.ts';
import { fitOptions } from '../../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const EXAMPLES = 60;
/** A small NeuMF-like network on made-up clicks: an item is liked when user + item is even. */
const setUp = (options: Partial<TrainOptions<never>> & { seed?: number } = {}) => {
  const rng = createRng(options.seed ?? 7);
  const users = table('users', 6, 4, normal(rng, 0.3));
  const items = table('items', 5, 4, normal(rng, 0.3));
  const hidden = mlp('hidden', [8, 6], rng, 0.1);
  const output = dense('output', 6, 1, rng);
  const parameters = [users, items, ...hidden.parameters, ...output.parameters];
  const run = (more: Partial<TrainOptions<never>> = {}) =>
    train({
      runtime,
      parameters,
      optimizer: { kind: 'adam', learningRate: 0.02 },
      examples: EXAMPLES,
      batchSize: 16,
      epochs: 6,
      batch: (rows) => {
        const user = Int32Array.from(rows, (row) => row % 6);
        const item = Int32Array.from(rows, (row) => row % 5);
        const label = Float32Array.from(rows, (_, k) => (user[k]! + item[k]! + 1) % 2);
        return { user: lookup(users, user), item: lookup(items, item), label };
      },
      loss: ({ user, item, label }, pass) => {
        const { tf } = pass;
        const logits = output.apply(pass, hidden.apply(pass, tf.concat([user, item], 1)));
        return bce(tf, tf.squeeze(logits, [1]), label);
      },
      fit: fitOptions(),
      ...options,
      ...more,
    } as TrainOptions<never>);
  const values = () => parameters.map((parameter) => [...parameter.data]);
  return { run, values };
};

it('lowers the loss', async () => {
  const { losses } = await setUp().run({ epochs: 40 });
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
});

it('gives the same numbers for the same seed', async () => {
  const [one, two] = [setUp(), setUp()];
  expect(await one.run()).toEqual(await two.run());
  expect(one.values()).toEqual(two.values());
});

it('leaves no tensor behind', async () => {
  const before = runtime.describe().tensors;
  await setUp().run();
  expect(runtime.describe().tensors).toBe(before);
});

it('resumes an interrupted training to the identical result', async () => {
  const whole = setUp();
  const expected = await whole.run({ validate: (epoch) => -Math.abs(epoch - 3) });
  let saved: ComponentState | undefined;
  const stop = new AbortController();
  const checkpoint = {
    load: async () => saved && structuredClone(saved),
    save: async (state: ComponentState) => {
      saved = structuredClone(state);
      if ((state.json as { epoch: number }).epoch === 2) stop.abort();
    },
  };
  const validate = (epoch: number) => -Math.abs(epoch - 3);
  const first = setUp().run({ validate, fit: fitOptions({ checkpoint, signal: stop.signal }) });
  await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
  // A new process: other first values, another seed; the checkpoint decides.
  const second = setUp({ seed: 99 });
  expect(await second.run({ validate, fit: fitOptions({ checkpoint, rng: createRng(5) }) })).toEqual(expected);
  expect(second.values()).toEqual(whole.values());
});

it('keeps the best epoch and stops when it gets no better', async () => {
  const metrics = [1, 5, 4, 3, 9];
  const stopped = setUp();
  const result = await stopped.run({ epochs: 5, patience: 2, validate: (epoch) => metrics[epoch]! });
  expect(result).toMatchObject({ epochs: 4, best: { epoch: 1, metric: 5 } });
  const two = setUp();
  await two.run({ epochs: 2 });
  expect(stopped.values()).toEqual(two.values());
});

it('stops within one batch when cancelled', async () => {
  const stop = new AbortController();
  let batches = 0;
  const model = setUp();
  const report = () => {
    batches++;
    if (batches === 2) stop.abort();
  };
  await expect(model.run({ fit: fitOptions({ signal: stop.signal, report }) })).rejects.toBeInstanceOf(RecographError);
  expect(batches).toBe(2);
});

it('says that the loss is no number', async () => {
  const failing = setUp().run({ optimizer: { kind: 'sgd', learningRate: 1e38 } });
  await expect(failing).rejects.toMatchObject({ code: 'NOT_FINITE' });
});
