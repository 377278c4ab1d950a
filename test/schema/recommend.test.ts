import { createServer } from 'recograph/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, ask, startApi } from '../support/api.ts';
import { genreOf } from '../support/films.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const RECOMMEND = `query ($input: RecommendInput!, $first: Int! = 10, $after: String) {
  recommend(input: $input, first: $first, after: $after) {
    __typename
    ... on RecommendationConnection {
      recommendationId pipeline servedBy bundle { id bundleId active }
      degraded { stage code message }
      edges { cursor rank score sources node { itemId title categories } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
    ... on InvalidArgument { argument }
    ... on Failure { message }
  }
}`;

const recommend = async (input: object, more: object = {}) => {
  const { data, errors } = await api.ask(RECOMMEND, { input, ...more });
  expect(errors).toBeUndefined();
  return data.recommend;
};
const ids = (connection: { edges: { node: { itemId: string } }[] }): string[] =>
  connection.edges.map(({ node }) => node.itemId);
const share = (list: string[], genre: string): number =>
  list.filter((id) => genreOf(id) === genre).length / list.length;

it('gives a known user films of their taste that they have not seen', async () => {
  const answer = await recommend({ target: { user: 'u1' } });
  expect(answer).toMatchObject({ __typename: 'RecommendationConnection', pipeline: 'home', servedBy: 'PIPELINE' });
  expect(answer.bundle.active).toBe(true);
  expect(answer.degraded).toEqual([]);
  expect(answer.edges.map(({ rank }: { rank: number }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(share(ids(answer), 'Horror')).toBeGreaterThanOrEqual(0.9);
  const { data } = await api.ask(
    '{ user(userId: "u1") { history(first: 100) { edges { node { item { itemId } } } } } }',
  );
  const seen = data.user.history.edges.map((edge: { node: { item: { itemId: string } } }) => edge.node.item.itemId);
  expect(seen.length).toBeGreaterThan(5);
  expect(ids(answer).filter((id) => seen.includes(id))).toEqual([]);
  for (const edge of answer.edges) {
    expect(edge.node.categories).toEqual([genreOf(edge.node.itemId)]);
    expect(edge.sources.length).toBeGreaterThan(0);
  }
});

it('recommends what was seen too when asked to', async () => {
  const all = await recommend({ target: { user: 'u1' }, excludeSeen: false }, { first: 100 });
  const unseen = await recommend({ target: { user: 'u1' } }, { first: 100 });
  expect(ids(all).filter((id) => !ids(unseen).includes(id)).length).toBeGreaterThan(5);
});

it('folds a session in, and serves somebody unknown what is popular, saying so', async () => {
  const events = ['f2', 'f6', 'f10'].map((item) => ({ item }));
  const session = await recommend({ target: { session: { id: 's', events } } });
  expect(session.servedBy).toBe('FOLD_IN');
  expect(share(ids(session), 'Romance')).toBeGreaterThanOrEqual(0.8);
  for (const target of [{ anonymous: true }, { user: 'nobody knows me' }]) {
    const answer = await recommend({ target });
    expect(answer.servedBy).toBe('FALLBACK');
    expect(answer.edges).toHaveLength(10);
  }
});

it('keeps to filters, exclusions, pipeline, diversity and bundle', async () => {
  const target = { user: 'u1' };
  const western = await recommend({ target, filter: { categories: ['Western'] } });
  expect(share(ids(western), 'Western')).toBe(1);
  const old = await recommend({ target, filter: { attributes: [{ name: 'year', max: 1960 }] } });
  expect(ids(old).every((id) => Number(id.slice(1)) % 70 <= 10)).toBe(true);
  const plain = await recommend({ target, pipeline: 'plain' });
  expect(plain.pipeline).toBe('plain');
  const [first, second] = ids(plain);
  const without = await recommend({ target, pipeline: 'plain', excludeItems: [first] });
  expect(ids(without)[0]).toBe(second);
  const diverse = await recommend({ target, diversity: 1 });
  expect(new Set(ids(diverse).map(genreOf)).size).toBeGreaterThan(
    new Set(ids(await recommend({ target, diversity: 0 })).map(genreOf)).size,
  );
  const { bundleId } = plain.bundle;
  expect((await recommend({ target, bundle: bundleId, context: { device: 'tv' } })).bundle.bundleId).toBe(bundleId);
});

it('answers wrong input as data, naming the argument', async () => {
  const target = { user: 'u1' };
  const wrong = async (input: object, more: object = {}) => {
    const { __typename, argument, message } = await recommend({ target, ...input }, more);
    expect(message).toBeTruthy();
    return argument === undefined ? __typename : `${__typename} ${argument}`;
  };
  for (const first of [0, -1, 101]) expect(await wrong({}, { first })).toBe('InvalidArgument first');
  expect(await wrong({ pipeline: 'hoem' })).toBe('UnknownPipeline');
  expect(await wrong({ bundle: 'none' })).toMatch(/^InvalidArgument/);
  expect(await wrong({ diversity: 2 })).toBe('InvalidArgument diversity');
  expect(await wrong({ deadlineMs: 0 })).toBe('InvalidArgument deadlineMs');
  expect(await wrong({ context: [1] })).toBe('InvalidArgument context');
  expect(await wrong({ target: { anonymous: false } })).toBe('InvalidArgument target.anonymous');
  expect(await wrong({}, { after: 'forged' })).toBe('InvalidArgument after');
  const both = await api.ask(RECOMMEND, { input: { target: { user: 'u1', anonymous: true } } });
  expect(both.errors![0]!.message).toContain('OneOf');
});

it('pages through a hundred items, with a retrain and an activation in between, without a repeat or a gap', async () => {
  const input = { target: { user: 'u3' } };
  const whole = await recommend(input, { first: 100 });
  const seen: string[] = [];
  const ranks: number[] = [];
  let after: string | null = null;
  const bundles = new Set<string>();
  const slates = new Set<string>();
  for (let page = 0; page < 10; page++) {
    const answer: Awaited<ReturnType<typeof recommend>> = await recommend(input, { first: 10, after });
    expect(answer.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: page > 0 });
    expect(answer.pageInfo.startCursor).toBe(answer.edges[0].cursor);
    seen.push(...ids(answer));
    ranks.push(...answer.edges.map(({ rank }: { rank: number }) => rank));
    bundles.add(answer.bundle.bundleId);
    slates.add(answer.recommendationId);
    after = answer.pageInfo.endCursor;
    if (page === 4) {
      await api.ask(
        'mutation { recordEvents(input: { events: [{ user: "u3", item: "f0", type: "like" }] }) { __typename } }',
      );
      await api.recommender.train();
    }
  }
  expect(seen).toEqual(ids(whole));
  expect(new Set(seen).size).toBe(100);
  expect(ranks).toEqual(Array.from({ length: 100 }, (_, k) => k + 1));
  expect([bundles.size, slates.size]).toEqual([1, 1]);
  const anew = await recommend(input);
  expect(bundles.has(anew.bundle.bundleId)).toBe(false);
});

it('says that a cursor has expired when its slate is no longer kept', async () => {
  const { pageInfo } = await recommend({ target: { user: 'u3' } });
  const { recommender } = api;
  const forgetful = { ...recommender, service: { ...recommender.service, slate: () => undefined } };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const server = await createServer(forgetful, { port: 0, host: '127.0.0.1', log });
  const input = { target: { user: 'u3' } };
  const { data } = await ask(server.url, RECOMMEND, { input, after: pageInfo.endCursor });
  await server.close(100);
  expect(data.recommend).toMatchObject({ __typename: 'CursorExpired', message: expect.stringContaining('again') });
});

it('ends a list and goes no further than its slate', async () => {
  const filter = { categories: ['Comedy'] };
  const whole = await recommend({ target: { user: 'u1' }, filter }, { first: 100 });
  expect(whole.pageInfo.hasNextPage).toBe(false);
  const beyond = await recommend({ target: { user: 'u1' }, filter }, { after: whole.pageInfo.endCursor });
  expect(beyond.edges).toEqual([]);
  expect(beyond.pageInfo).toMatchObject({ hasNextPage: false, endCursor: null });
});
