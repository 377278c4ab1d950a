import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, startApi } from '../support/api.ts';
import { genreOf, ITEMS } from '../support/films.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

type Edges = { edges: { cursor: string; node: { itemId: string } }[] };
const idsOf = ({ edges }: Edges): string[] => edges.map(({ node }) => node.itemId);

it('lists items like one item, filtered, and names a close id for one it does not know', async () => {
  const query = `query ($item: ID!, $first: Int! = 10, $filter: FilterInput) { similarItems(item: $item, first: $first, filter: $filter) {
    __typename
    ... on ItemList { model bundle { active } edges { rank score node { itemId similar(first: 2) { ... on ItemList { edges { rank } } } } } }
    ... on UnknownItem { message suggestion } ... on InvalidArgument { argument } } }`;
  const similar = async (variables: object) => (await api.ask(query, variables)).data.similarItems;
  const list = await similar({ item: 'f4' });
  expect(list).toMatchObject({ __typename: 'ItemList', bundle: { active: true } });
  expect(list.edges).toHaveLength(10);
  expect(idsOf(list)).not.toContain('f4');
  expect(idsOf(list).filter((id) => genreOf(id) === 'Comedy').length).toBeGreaterThanOrEqual(8);
  const scores = list.edges.map(({ score }: { score: number }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(list.edges[0].node.similar.edges).toHaveLength(2);
  const western = await similar({ item: 'f4', filter: { categories: ['Western'] } });
  expect(idsOf(western).every((id) => genreOf(id) === 'Western')).toBe(true);
  expect(await similar({ item: 'F12' })).toMatchObject({ __typename: 'UnknownItem', suggestion: 'f12' });
  expect(await similar({ item: 'f19x' })).toMatchObject({ __typename: 'UnknownItem', suggestion: 'f19' });
  expect(await similar({ item: 'nothing like it' })).toMatchObject({ __typename: 'UnknownItem', suggestion: null });
  for (const first of [0, -1, 101]) expect(await similar({ item: 'f4', first })).toMatchObject({ argument: 'first' });
});

it('counts what is popular ever and of late', async () => {
  const query = `query ($window: Duration, $filter: FilterInput) { popular(window: $window, first: 5, filter: $filter) {
    ... on ItemList { model edges { score node { itemId } } } } }`;
  const ever = (await api.ask(query)).data.popular;
  expect(ever.edges).toHaveLength(5);
  const users = ever.edges.map(({ score }: { score: number }) => score);
  expect(users).toEqual([...users].sort((a, b) => b - a));
  expect((await api.ask(query, { window: '7d' })).data.popular.edges).toEqual([]);
  await api.ask(
    'mutation { recordEvents(input: { events: [{ user: "p1", item: "f9", type: "like" }, { user: "p2", item: "f9", type: "like" }, { user: "p2", item: "f8", type: "like" }] }) { __typename } }',
  );
  const late = (await api.ask(query, { window: '6d' })).data.popular;
  expect(late.edges).toEqual([
    { score: 2, node: { itemId: 'f9' } },
    { score: 1, node: { itemId: 'f8' } },
  ]);
  expect(idsOf((await api.ask(query, { window: '5d', filter: { categories: ['Comedy'] } })).data.popular)).toEqual([
    'f8',
  ]);
  expect((await api.ask(query, { window: 'a week' })).errors![0]!.message).toContain('Duration');
});

it('pages through the catalogue in order of id, each item once', async () => {
  const query = `query ($after: String, $filter: FilterInput) { items(first: 30, after: $after, filter: $filter) {
    edges { cursor node { itemId categories } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
  const walk = async (filter?: object): Promise<string[]> => {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { items }: { items: Edges & { pageInfo: Record<string, never> } } = (
        await api.ask(query, { after, filter })
      ).data;
      expect(items.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...idsOf(items));
      if (!items.pageInfo.hasNextPage) return seen;
      after = items.pageInfo.endCursor!;
    }
  };
  const all = await walk();
  expect(all).toEqual(Array.from({ length: ITEMS }, (_, k) => `f${k}`).sort());
  expect(await walk({ categories: ['Horror'] })).toEqual(all.filter((id) => genreOf(id) === 'Horror'));
});

it('answers wrong arguments of fields without a union as errors with a code', async () => {
  const wrong = async (query: string) => {
    const { errors, status } = await api.ask(query);
    expect(status).toBe(200);
    return [errors![0]!.extensions!.code, errors![0]!.extensions!.at, errors![0]!.path![0]];
  };
  for (const first of [0, -1, 101])
    expect(await wrong(`{ items(first: ${first}) { edges { cursor } } }`)).toEqual([
      'INVALID_ARGUMENT',
      'first',
      'items',
    ]);
  expect(await wrong('{ items(after: "forged.cursor") { edges { cursor } } }')).toEqual([
    'INVALID_ARGUMENT',
    'after',
    'items',
  ]);
  expect(await wrong('{ user(userId: "u1") { history(first: 0) { edges { cursor } } } }')).toEqual([
    'INVALID_ARGUMENT',
    'first',
    'user',
  ]);
  expect(await wrong('{ jobs(first: 1000) { id } }')).toEqual(['INVALID_ARGUMENT', 'first', 'jobs']);
});

it('refuses a cursor of another list', async () => {
  const { data } = await api.ask('{ items(first: 1) { pageInfo { endCursor } } }');
  const query =
    'query ($after: String) { recommend(input: { target: { user: "u1" } }, after: $after) { ... on InvalidArgument { argument } } }';
  expect((await api.ask(query, { after: data.items.pageInfo.endCursor })).data.recommend).toEqual({
    argument: 'after',
  });
});

it('finds nodes by their global ids', async () => {
  const { data } = await api.ask('{ item(itemId: "f7") { id } user(userId: "u7") { id } bundles { id bundleId } }');
  const node = async (id: string) =>
    (
      await api.ask(
        'query ($id: ID!) { node(id: $id) { __typename id ... on Item { itemId } ... on User { userId } ... on Bundle { bundleId } } }',
        { id },
      )
    ).data.node;
  expect(await node(data.item.id)).toEqual({ __typename: 'Item', id: data.item.id, itemId: 'f7' });
  expect(await node(data.user.id)).toEqual({ __typename: 'User', id: data.user.id, userId: 'u7' });
  expect(await node(data.bundles[0].id)).toMatchObject({ __typename: 'Bundle', bundleId: data.bundles[0].bundleId });
  for (const id of ['f7', '', 'SXRlbTpub25l', 'QnVuZGxlOm5vbmU']) expect(await node(id)).toBeNull();
});

it("pages through a user's history, newest first, and recommends to them", async () => {
  const query = `query ($after: String) { user(userId: "u6") { history(first: 4, after: $after) { edges { node { time item { itemId } } } pageInfo { hasNextPage endCursor } }
    recommendations(first: 3, pipeline: "plain") { ... on RecommendationConnection { pipeline edges { rank } } } } }`;
  const times: string[] = [];
  for (let after: string | null = null; ; ) {
    const answer: Awaited<ReturnType<Api['ask']>> = await api.ask(query, { after });
    const { user } = answer.data;
    times.push(...user.history.edges.map((edge: { node: { time: string } }) => edge.node.time));
    expect(user.recommendations).toEqual({ pipeline: 'plain', edges: [{ rank: 1 }, { rank: 2 }, { rank: 3 }] });
    if (!user.history.pageInfo.hasNextPage) break;
    after = user.history.pageInfo.endCursor;
  }
  expect(times.length).toBeGreaterThan(4);
  expect(times).toEqual([...times].sort().reverse());
});

it('says what it consists of and how it is', async () => {
  const { data } = await api.ask(
    '{ pipelines { name candidates ranker } plugins(kind: RANKER) { kind type plugin config } health { ok activeBundle items users events } bundle(id: "none") { id } }',
  );
  expect(data.pipelines).toEqual([
    { name: 'home', candidates: ['taste', 'themes'], ranker: null },
    { name: 'texts', candidates: ['themes'], ranker: null },
    { name: 'plain', candidates: ['taste'], ranker: null },
  ]);
  expect(data.plugins).toContainEqual(expect.objectContaining({ kind: 'RANKER', type: 'softmax' }));
  expect(data.plugins[0].config).toHaveProperty('type', 'object');
  expect(data.health).toMatchObject({ ok: true, items: ITEMS });
  expect(data.bundle).toBeNull();
});
