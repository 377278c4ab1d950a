import type { Rng, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { mf } from 'recograph/plugins/mf';
import { createRuntime } from '../../core/runtime/index.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { fitTimed } from '../harness/fit.ts';
import { type Rating, readMl100k } from '../harness/ml-100k-data.ts';
import { pairScores } from '../harness/pair-scores.ts';
import { bootstrapInterval } from '../harness/paired-bootstrap.ts';

const FIELDS = ['user.age', 'user.gender', 'user.occupation', 'item.genres'];
/** Chosen on a tenth of u1.base, a fifth of its users with 1 to 4 ratings. */
const SETTINGS = { factors: 8, epochs: 8 };

/** How often a tenth of the users is drawn for each seed: most users are among them once. */
const DRAWS = 4;

/** A tenth of the users keep 1 to 4 ratings, drawn too. */
const trimmed = (ratings: readonly Rating[], rng: Rng) => {
  const users = new Set(ratings.map(([user]) => user).filter((user) => rng.fork(`user ${user}`).next() < 0.1));
  const left = new Map<number, number>();
  for (const user of users) left.set(user, 1 + rng.fork(`keep ${user}`).int(4));
  const order = ratings.map((rating) => ({ rating, place: rng.next() })).sort((a, b) => a.place - b.place);
  const kept = order.filter(({ rating: [user] }) => {
    const rest = left.get(user);
    if (rest === undefined) return true;
    left.set(user, rest - 1);
    return rest > 0;
  });
  return { users, kept: kept.map(({ rating }) => rating) };
};

interface Squares {
  plain: number;
  featured: number;
  count: number;
}

/** Adds the squared errors of both models on the users of one draw, over all folds. */
const addSquares = async (
  byUser: Map<number, Squares>,
  data: ReturnType<typeof readMl100k>,
  runtime: TensorRuntime,
  folds: number[],
  seed: number,
) => {
  for (const fold of folds) {
    const { users, kept } = trimmed(data.ratings(`u${fold}.base`), createRng(seed).fork(`fold ${fold}`));
    const train = data.dataset(kept);
    const asked = data.ratings(`u${fold}.test`).filter(([user]) => users.has(user));
    const scores: Float32Array[] = [];
    for (const fields of [[], FIELDS]) {
      const { value: model } = await fitTimed(mf, { ...SETTINGS, fields }, { runtime }, train, seed);
      const [users, items] = [asked.map(([user]) => user), asked.map(([, item]) => item)];
      scores.push(await pairScores(model, train, users, items));
    }
    for (const [k, [user, , value]] of asked.entries()) {
      const sums = byUser.get(user) ?? { plain: 0, featured: 0, count: 0 };
      sums.plain += (scores[0]![k]! - value) ** 2;
      sums.featured += (scores[1]![k]! - value) ** 2;
      sums.count++;
      byUser.set(user, sums);
    }
  }
};

export default {
  name: 'mf-features-ml-100k',
  about:
    'mf with and without features of users and items, on users with fewer than 5 training ratings: RMSE over 5 folds and several draws of users, the interval over users.',
  asked: { 'difference of RMSE, high end of its interval': { atMost: 0 } },
  needs: ['ml-100k'],
  run: async (context) => {
    const runtime = await createRuntime('wasm');
    context.runtime(runtime.kind);
    const data = readMl100k(context);
    const byUser = new Map<number, Squares>();
    for (const seed of context.quick ? context.seeds.slice(0, 1) : context.seeds) {
      for (let draw = 0; draw < (context.quick ? 1 : DRAWS); draw++) {
        await addSquares(byUser, data, runtime, context.quick ? [1] : [1, 2, 3, 4, 5], seed * DRAWS + draw);
      }
    }
    const sums = [...byUser.values()];
    const rmse = (of: 'plain' | 'featured', times: ArrayLike<number>): number => {
      let [squares, count] = [0, 0];
      for (const [k, sum] of sums.entries()) {
        squares += times[k]! * sum[of];
        count += times[k]! * sum.count;
      }
      return Math.sqrt(squares / count);
    };
    const once = new Float64Array(sums.length).fill(1);
    const interval = bootstrapInterval(sums.length, (times) => rmse('featured', times) - rmse('plain', times));
    context.note({ users: sums.length, rows: sums.reduce((total, { count }) => total + count, 0), interval });
    context.figure('RMSE without features', rmse('plain', once));
    context.figure('RMSE with features', rmse('featured', once));
    context.figure('difference of RMSE, high end of its interval', interval[1]);
    await runtime.dispose();
  },
} satisfies Benchmark;
