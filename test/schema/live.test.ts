import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Api, startApi } from '../support/api.ts';
import { genreOf } from '../support/films.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const RECORD = `mutation ($events: [EventInput!]!) { recordEvents(input: { events: $events }) {
  __typename
  ... on RecordEventsPayload { accepted duplicates rejected { index code message } }
  ... on InvalidArgument { argument message }
} }`;
const record = async (events: object[]) => (await api.ask(RECORD, { events })).data.recordEvents;
const likes = (user: string, ...items: string[]) => items.map((item) => ({ user, item, type: 'like' }));

const recommend = async (user: string, first = 10, pipeline = 'home') => {
  const query = `query ($user: ID!, $first: Int!, $pipeline: String!) { recommend(input: { target: { user: $user }, pipeline: $pipeline }, first: $first) {
    ... on RecommendationConnection { recommendationId servedBy edges { score node { itemId } } } ... on Failure { message } } }`;
  const { data } = await api.ask(query, { user, first, pipeline });
  const { servedBy, recommendationId, edges } = data.recommend;
  return {
    servedBy,
    recommendationId,
    items: edges.map((edge: { node: { itemId: string } }) => edge.node.itemId) as string[],
  };
};

it('says which of the events that it stored weigh nothing, or are on items that nobody listed', async () => {
  const { data } = await api.ask(
    'mutation ($events: [EventInput!]!) { recordEvents(input: { events: $events }) { ... on RecordEventsPayload { accepted warnings } } }',
    {
      events: [
        { user: 'w1', item: 'f1', type: 'lik' },
        { user: 'w1', item: 'no-such-film', type: 'like' },
      ],
    },
  );
  expect(data.recordEvents).toEqual({
    accepted: 2,
    warnings: [
      "Stored, but weighing nothing: the config's data.feedback does not name lik.",
      'Stored, but not in the catalogue: no-such-film. Send the items with upsertItems.',
    ],
  });
});

it('stores events durably, once a key, and says which ones it refused', async () => {
  const before = (await api.ask('{ health { events } }')).data.health.events;
  const events = [
    { user: 'v1', item: 'f1', type: 'like', key: 'k1', time: '2024-01-01T00:00:00Z' },
    { user: 'v1', item: 'f1', type: 'like', key: 'k1' },
    { user: '', item: 'f1', type: 'like' },
    { user: 'v1', item: 'f2', type: 'like', time: '1969-12-31T00:00:00Z' },
    { user: 'v1', item: 'f3', type: 'like', context: ['no', 'object'] },
    { user: 'v1', item: 'f5', type: 'rating', value: 4.5, context: { device: 'tv' } },
  ];
  const answer = await record(events);
  expect(answer).toMatchObject({ __typename: 'RecordEventsPayload', accepted: 2, duplicates: 1 });
  expect(answer.rejected.map(({ index, code }: { index: number; code: string }) => [index, code])).toEqual([
    [2, 'INVALID_ARGUMENT'],
    [3, 'INVALID_ARGUMENT'],
    [4, 'INVALID_ARGUMENT'],
  ]);
  expect(await record(events)).toMatchObject({ accepted: 1, duplicates: 2 });
  expect((await api.ask('{ health { events } }')).data.health.events).toBe(before + 3);
  const { data } = await api.ask(
    '{ user(userId: "v1") { history { edges { node { item { itemId title } type value time } } } } }',
  );
  const nodes = data.user.history.edges.map((edge: { node: object }) => edge.node);
  expect(nodes).toContainEqual({
    item: { itemId: 'f1', title: 'haunted ghost cellar 1' },
    type: 'like',
    value: null,
    time: '2024-01-01T00:00:00.000Z',
  });
});

it('refuses numbers that are none, and more than a thousand events at once', async () => {
  const literal = await api.ask(
    'mutation { recordEvents(input: { events: [{ user: "a", item: "f1", type: "rating", value: NaN }] }) { __typename } }',
  );
  expect(literal.errors).toHaveLength(1);
  const infinite = await api.ask(
    'mutation { recordEvents(input: { events: [{ user: "a", item: "f1", type: "rating", value: 1e999 }] }) { __typename } }',
  );
  expect(infinite.data ?? infinite.errors).not.toMatchObject({ recordEvents: { accepted: 1 } });
  const many = Array.from({ length: 1001 }, (_, k) => ({ user: 'm', item: `f${k % 200}`, type: 'like', key: `m${k}` }));
  const refused = await record(many);
  expect(refused).toMatchObject({ __typename: 'InvalidArgument', argument: 'events' });
  expect((await api.ask('{ user(userId: "m") { userId } }')).data.user).toBeNull();
  expect(await record(many.slice(1))).toMatchObject({ accepted: 1000 });
});

it('gives an unknown user who has just liked three items personal results in the next query', async () => {
  expect((await recommend('newcomer')).servedBy).toBe('FALLBACK');
  await record(likes('newcomer', 'f3', 'f7', 'f11'));
  const { servedBy, items } = await recommend('newcomer');
  expect(servedBy).toBe('FOLD_IN');
  expect(items.filter((id) => genreOf(id) === 'Western').length).toBeGreaterThanOrEqual(8);
  expect(items.filter((id) => ['f3', 'f7', 'f11'].includes(id))).toEqual([]);
});

it("changes a known user's next answer by their new likes, and leaves out what they have now seen", async () => {
  const before = await recommend('u2');
  const taken = before.items.slice(0, 3);
  await record([
    ...likes('u2', ...taken).map((event) => ({ ...event, recommendationId: before.recommendationId })),
    ...likes('u2', 'f1', 'f5', 'f9', 'f13', 'f17', 'f21'),
  ]);
  const after = await recommend('u2', 50);
  expect(after.items.filter((id) => taken.includes(id))).toEqual([]);
  expect(after.items.some((id) => genreOf(id) === 'Horror')).toBe(true);
  expect(before.items.some((id) => genreOf(id) === 'Horror')).toBe(false);
});

it('recommends a new item by its text without a retrain, and no longer once it is deleted', async () => {
  const upsert = `mutation ($items: [ItemInput!]!) { upsertItems(items: $items) { ... on UpsertPayload { upserted } ... on InvalidArgument { argument message } } }`;
  const fresh = { id: 'fresh', title: 'laughing clown circus', categories: ['Comedy'], attributes: { year: 2024 } };
  expect((await api.ask(upsert, { items: [fresh] })).data.upsertItems).toEqual({ upserted: 1 });
  expect((await recommend('u4', 60, 'texts')).items).toContain('fresh');
  const similar = await api.ask(
    '{ similarItems(item: "fresh", first: 5) { ... on ItemList { edges { node { itemId } } } } }',
  );
  const alike = similar.data.similarItems.edges.map((edge: { node: { itemId: string } }) => genreOf(edge.node.itemId));
  expect(alike).toEqual(Array(5).fill('Comedy'));
  const gone = await api.ask(
    'mutation { deleteItems(itemIds: ["fresh", "f0", "unheard of"]) { ... on DeletePayload { deleted } } }',
  );
  expect(gone.data.deleteItems).toEqual({ deleted: 2 });
  const { items } = await recommend('u4', 60, 'texts');
  expect(items.filter((id) => id === 'fresh' || id === 'f0')).toEqual([]);
  const asked = await api.ask('{ item(itemId: "fresh") { title } similarItems(item: "fresh") { __typename } }');
  expect(asked.data).toEqual({ item: null, similarItems: { __typename: 'UnknownItem' } });
});

it('hides an item that is not available, and refuses attributes that are no object', async () => {
  const target = (await recommend('u5')).items[0]!;
  const set = (available: boolean) =>
    api.ask('mutation ($items: [ItemInput!]!) { upsertItems(items: $items) { __typename } }', {
      items: [{ id: target, title: 'haunted ghost cellar', categories: ['Horror'], available }],
    });
  await set(false);
  expect((await recommend('u5', 100)).items).not.toContain(target);
  await set(true);
  expect((await recommend('u5', 100)).items).toContain(target);
  const wrong = await api.ask(
    'mutation { upsertItems(items: [{ id: "x", attributes: [1] }]) { ... on InvalidArgument { argument } } }',
  );
  expect(wrong.data.upsertItems.argument).toBe('items[0].attributes');
  const users = await api.ask(
    'mutation { upsertUsers(users: [{ id: "w", attributes: { age: 30 } }]) { ... on UpsertPayload { upserted } } }',
  );
  expect(users.data.upsertUsers).toEqual({ upserted: 1 });
  expect((await api.ask('{ user(userId: "w") { attributes } }')).data.user.attributes).toEqual({ age: 30 });
});

it('reads all items of a request at once', async () => {
  const items = vi.spyOn(api.recommender, 'items');
  const query =
    '{ recommend(input: { target: { user: "u7" } }, first: 100) { ... on RecommendationConnection { edges { node { title categories available attributes } } } } popular { ... on ItemList { edges { node { title } } } } }';
  const { data } = await api.ask(query);
  expect(data.recommend.edges).toHaveLength(100);
  expect(items.mock.calls.length).toBeLessThanOrEqual(2);
  items.mockClear();
  await api.ask(
    '{ recommend(input: { target: { user: "u7" } }, first: 50) { ... on RecommendationConnection { edges { node { title categories attributes } } } } }',
  );
  expect(items).toHaveBeenCalledTimes(1);
  items.mockRestore();
});
