import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, startApi } from '../support/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const PAGE = `query ($input: RecommendInput!, $first: Int! = 3, $after: String) {
  recommend(input: $input, first: $first, after: $after) {
    __typename
    ... on RecommendationConnection {
      recommendationId edges { rank node { itemId } } pageInfo { hasNextPage endCursor }
    }
    ... on InvalidArgument { argument }
    ... on Failure { message }
  }
}`;
const page = async (input: object, after: string | null = null, first = 3) => {
  const { data, errors } = await api.ask(PAGE, { input, after, first });
  expect(errors).toBeUndefined();
  return data.recommend;
};
const ids = (of: { edges: { node: { itemId: string } }[] }): string[] => of.edges.map(({ node }) => node.itemId);

it('refuses a cursor with another target, filter, pipeline, context or exclusion than its page had, naming it', async () => {
  const input = { target: { user: 'u1' }, filter: { categories: ['Horror', 'Comedy'] }, context: { device: 'tv' } };
  const { pageInfo } = await page(input);
  const others = {
    target: { target: { user: 'u2' } },
    filter: { filter: { categories: ['nothing has this'] } },
    pipeline: { pipeline: 'plain' },
    context: { context: { device: 'phone' } },
    excludeItems: { excludeItems: ['f1'] },
    excludeSeen: { excludeSeen: false },
    diversity: { diversity: 1 },
  };
  for (const [name, other] of Object.entries(others)) {
    const answer = await page({ ...input, ...other }, pageInfo.endCursor);
    expect(answer).toMatchObject({ __typename: 'InvalidArgument', argument: 'after' });
    expect(answer.message).toContain(`another ${name}.`);
  }
  // The default pipeline by its name, another deadline and an order of fields of its own ask for the same list.
  const same = { deadlineMs: 9000, pipeline: 'home', ...input, context: { device: 'tv' } };
  expect((await page(same, pageInfo.endCursor)).edges).toHaveLength(3);
});

it('goes on with a session that has grown', async () => {
  const session = (...items: string[]) => ({
    target: { session: { id: 's', events: items.map((item) => ({ item })) } },
  });
  const first = await page(session('f2'));
  const second = await page(session('f2', 'f6'), first.pageInfo.endCursor);
  expect(second.recommendationId).toBe(first.recommendationId);
  expect(second.edges.map(({ rank }: { rank: number }) => rank)).toEqual([4, 5, 6]);
});

it('leaves out of the next page what was deleted, made unavailable or changed against the filter since', async () => {
  const input = { target: { user: 'u5' }, filter: { categories: ['Horror', 'Comedy', 'Romance', 'Western'] } };
  const all = ids(await page(input, null, 10));
  const first = await page(input);
  const [deleted, off, changed] = [all[3]!, all[4]!, all[6]!];
  await api.ask(
    `mutation ($deleted: [ID!]!, $items: [ItemInput!]!) {
      deleteItems(itemIds: $deleted) { __typename } upsertItems(items: $items) { __typename } }`,
    {
      deleted: [deleted],
      items: [
        { id: off, available: false },
        { id: changed, categories: ['Other'] },
      ],
    },
  );
  const second = await page(input, first.pageInfo.endCursor);
  expect(ids(second)).toEqual([all[5], all[7], all[8]]);
  expect(second.edges.map(({ rank }: { rank: number }) => rank)).toEqual([6, 8, 9]);
  const third = await page(input, second.pageInfo.endCursor, 1);
  expect(ids(third)).toEqual([all[9]]);
});

it('events say what they led to by the pages that were shown, and are kept without it where it is unknown', async () => {
  const input = { target: { user: 'u9' } };
  const first = await page(input);
  const unseen = ids(await page(input, null, 10))[9]!;
  await page(input, first.pageInfo.endCursor, 2);
  const { recommendationId } = first;
  const event = (item: string, id: string) => ({ user: 'u9', item, type: 'like', recommendationId: id });
  const { data } = await api.ask(
    `mutation ($events: [EventInput!]!) { recordEvents(input: { events: $events }) {
      ... on RecordEventsPayload { accepted rejected { index } unattributed { index code message } } } }`,
    {
      events: [
        event(ids(first)[1]!, recommendationId),
        event(unseen, recommendationId),
        event('f1', 'nonsense'),
        event('f1', '018f2f0e-0000-7000-8000-000000000000'),
      ],
    },
  );
  expect(data.recordEvents).toMatchObject({ accepted: 4, rejected: [] });
  expect(data.recordEvents.unattributed).toMatchObject([
    { index: 1, code: 'NOT_SHOWN' },
    { index: 2, code: 'UNKNOWN_RECOMMENDATION', message: expect.stringContaining('Stored without it') },
    { index: 3, code: 'UNKNOWN_RECOMMENDATION' },
  ]);
  expect([...(await api.recommender.store.shownPositions()).values()]).toEqual([2]);
  const shown = await api.recommender.store.shown(recommendationId);
  expect(shown.map(({ from, items }) => [from, items.length])).toEqual([
    [1, 3],
    [4, 2],
  ]);
});
