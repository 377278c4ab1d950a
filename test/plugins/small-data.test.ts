import { createRuntime, type Dataset, type Model, queriesOf } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { shuffled } from 'recograph/nn';
import { attention } from 'recograph/plugins/attention';
import { autoencoder } from 'recograph/plugins/autoencoder';
import { popularity } from 'recograph/plugins/popularity';
import { rnn } from 'recograph/plugins/rnn';
import { twoTower } from 'recograph/plugins/two-tower';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { noInputs, tiny } from '../support/tiny.ts';

const USERS = 200;
const CAMPS = 5;
const CAMP = 20;

const kernels = createKernels({ threads: 1 });
let runtime: Awaited<ReturnType<typeof createRuntime>>;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(async () => {
  runtime.dispose();
  await kernels.dispose();
});

/** 200 users of five camps of 20 items each: four of ten events among 20 items that everybody takes; one more of the camp is held out. */
const world = () => {
  const rng = createRng(2);
  const rows: number[][] = [];
  const held: number[] = [];
  for (let user = 0; user < USERS; user++) {
    const camp = 20 + (user % CAMPS) * CAMP;
    const own = new Set<number>();
    while (own.size < 7) own.add(camp + rng.int(CAMP));
    const [last, ...known] = [...own];
    const all = [...known, ...Array.from({ length: 4 }, () => rng.int(20))];
    for (const place of shuffled(all.length, rng)) rows.push([user, all[place]!]);
    held.push(last!);
  }
  return { data: tiny(USERS, 20 + CAMPS * CAMP, rows), held };
};

/** Users whose held-out item stands among the first ten that they have not had. */
const hits = async (component: { schema: typeof twoTower.schema; create: unknown }, data: Dataset, held: number[]) => {
  const create = component.create as (config: unknown, deps: object) => Model;
  const model = create(component.schema.parse({}), { runtime, kernels });
  const options = { rng: createRng(1), signal: new AbortController().signal, report: () => undefined };
  const fitted = await model.fit(data, noInputs, options);
  const { userOffsets, items } = data.interactions;
  const asked = queriesOf(
    data,
    Int32Array.from({ length: USERS }, (_, user) => user),
  );
  const lists = await fitted.recommend!(asked, 10, { exclude: { offsets: userOffsets, values: items } });
  fitted.dispose?.();
  return lists.filter((list, user) => list.items.includes(held[user]!)).length;
};

it('two hundred users are enough for the defaults of neural models', async () => {
  const { data, held } = world();
  // popular items come first for everybody: the held-out item, of a camp, is seldom among ten
  expect(await hits(popularity, data, held)).toBeLessThan(20);
  // a model that knows the camp has 14 items of it to choose ten from: 143 of 200
  for (const component of [twoTower, attention, rnn, autoencoder]) {
    expect(await hits(component as never, data, held), component.type).toBeGreaterThan(60);
  }
}, 60_000);
