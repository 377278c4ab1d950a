import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, post, startApi } from '../support/api.ts';
import { filmsConfig } from '../support/films.ts';

let api: Api;
const key = (role: 'read' | 'admin') => ({ role, sha256: createHash('sha256').update(role).digest('hex') });
beforeAll(async () => {
  api = await startApi({
    config: {
      pipelines: {
        ...filmsConfig.pipelines,
        plain: { candidates: [{ model: 'taste', n: 50 }], excludeSeen: false },
      },
    },
  });
});
afterAll(() => api.close());

const RECOMMEND = `query ($input: RecommendInput!) { recommend(input: $input, first: 20) {
  ... on RecommendationConnection { degraded { stage code message } edges { node { itemId } } }
  ... on InvalidArgument { argument message } } }`;
const recommend = async (input: object) =>
  (await api.ask(RECOMMEND, { input: { target: { user: 'u1' }, ...input } })).data?.recommend;
const many = (count: number, of = 'x') => Array.from({ length: count }, (_, k) => `${of}${k}`);

describe('an argument that is too large is refused before anything is done for it, naming the limit', () => {
  it.each<[string, object, string]>([
    ['categories', { filter: { categories: many(9000, '') } }, 'filter.categories has 9000 entries; at most 100'],
    [
      'conditions',
      { filter: { attributes: many(3000).map((name) => ({ name, eq: 1 })) } },
      'filter.attributes has 3000 entries; at most 20',
    ],
    [
      'options',
      { filter: { attributes: [{ name: 'a', in: many(5000) }] } },
      'filter.attributes[0].in has 5000 entries',
    ],
    [
      'a value',
      { filter: { attributes: [{ name: 'a', eq: 'x'.repeat(2000) }] } },
      'filter.attributes[0].eq has 2002 characters',
    ],
    ['excluded items', { excludeItems: many(2000) }, 'excludeItems has 2000 entries; at most 1000'],
    ['an excluded item', { excludeItems: ['x'.repeat(3000)] }, 'excludeItems[0] is longer than 1024 bytes'],
    ['the user', { target: { user: 'x'.repeat(100_000) } }, 'target.user is longer than 1024 bytes'],
    [
      'a session',
      { target: { session: { id: 's', events: many(900).map((item) => ({ item })) } } },
      'events has 900 entries',
    ],
    ['the context', { context: { text: 'x'.repeat(50_000) } }, 'context has'],
    ['the deadline', { deadlineMs: 10_000_000 }, 'deadlineMs is 10000000; it must be 1 to 30000'],
  ])('%s', async (_name, input, message) => {
    const answer = await recommend(input);
    expect(answer.message).toContain(message);
    expect(answer.argument).toEqual(expect.any(String));
  });

  it('the item that others are to be like', async () => {
    const { data } = await api.ask(
      'query ($item: ID!) { similarItems(item: $item) { __typename ... on InvalidArgument { argument message } } }',
      { item: 'x'.repeat(900_000) },
    );
    expect(data.similarItems).toEqual({
      __typename: 'InvalidArgument',
      argument: 'item',
      message: 'item is longer than 1024 bytes.',
    });
  });
});

describe('an argument without effect', () => {
  it('is refused: diversity, where no stage obeys it', async () => {
    expect(await recommend({ diversity: 1, pipeline: 'plain' })).toEqual({
      argument: 'diversity',
      message:
        "diversity is 1, but no stage of pipelines.plain obeys it. Leave it out, or add rerank: [{ use: 'mmr' }] to the pipeline.",
    });
    expect((await recommend({ diversity: 1 })).degraded).toEqual([]);
  });

  it('is named in the answer: an attribute that no item has, a context that no event had', async () => {
    const { degraded } = await recommend({
      filter: { attributes: [{ name: 'yeer', min: 1 }] },
      context: { wether: 'sunny' },
    });
    expect(degraded.map(({ code }: { code: string }) => code)).toEqual([
      'UNKNOWN_ATTRIBUTE',
      'UNKNOWN_CONTEXT',
      'NO_CANDIDATES',
    ]);
    expect(degraded[0].message).toMatch(/^No item has the attribute "yeer"\. Known: .*year/);
  });
});

it('excludeSeen is the pipeline’s own where a request does not say it', async () => {
  const seen = new Set(
    (
      await api.ask('{ user(userId: "u1") { history(first: 100) { edges { node { item { itemId } } } } } }')
    ).data.user.history.edges.map((edge: { node: { item: { itemId: string } } }) => edge.node.item.itemId),
  );
  const hasSeen = async (input: object): Promise<boolean> =>
    (await recommend(input)).edges.some((edge: { node: { itemId: string } }) => seen.has(edge.node.itemId));
  expect(await hasSeen({ pipeline: 'plain' })).toBe(true);
  expect(await hasSeen({ pipeline: 'plain', excludeSeen: true })).toBe(false);
  expect(await hasSeen({})).toBe(false);
});

it('a user of whom nothing is known gets a reason, not an empty list without a word', async () => {
  const { edges, degraded } = await recommend({ target: { user: 'nobody at all' }, pipeline: 'plain' });
  expect(edges).toEqual([]);
  expect(degraded).toEqual([
    {
      stage: 'pipelines.plain',
      code: 'NO_CANDIDATES',
      message: expect.stringContaining('it has no `fallback`; add one'),
    },
  ]);
});

it('one malformed time of three events rejects that event alone', async () => {
  const { data } = await api.ask(
    `mutation { recordEvents(input: { events: [
      { user: "t1", item: "f1", type: "like", time: "2024-01-01T00:00:00Z" },
      { user: "t1", item: "f2", type: "like", time: "yesterday" },
      { user: "t1", item: "f3", type: "like" }] }) { ... on RecordEventsPayload { accepted rejected { index message } } } }`,
  );
  expect(data.recordEvents).toEqual({
    accepted: 2,
    rejected: [{ index: 1, message: expect.stringMatching(/^time is "yesterday"; it must be/) }],
  });
});

it('a number that JSON would turn into its neighbour is refused, and says to quote it', async () => {
  const body = (user: string) =>
    `{"query":"mutation ($user: ID!) { recordEvents(input: { events: [{ user: $user, item: \\"f1\\", type: \\"like\\" }] }) { __typename } }","variables":{"user":${user}}}`;
  const refused = await post(api.server.url, body('9007199254740993'));
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    errors: [
      { message: expect.stringContaining('it would become 9007199254740992. Send ids as strings: "9007199254740993"') },
    ],
  });
  for (const kept of ['"9007199254740993"', '9007199254740991', '12', '33.0']) {
    const { data } = await (await post(api.server.url, body(kept))).json();
    expect(data.recordEvents.__typename, kept).toBe('RecordEventsPayload');
  }
  // 2^53 is also what its neighbour was read as, where the text of the request is not seen.
  for (const [lost, message] of [
    ['9007199254740992', 'user is 9007199254740992: ids beyond 2^53 lose'],
    ['9007199254740993.0', 'user is 9007199254740992: ids beyond 2^53 lose'],
    ['1e21', 'user is 1e+21: ids beyond 2^53 lose'],
    ['1.5', 'ID cannot represent value: 1.5'],
  ]) {
    const { errors } = await (await post(api.server.url, body(lost!))).json();
    expect(errors[0].message, lost).toContain(message);
  }
});

it('ids are refused alike where a request comes another way, and digits in a document are kept', async () => {
  const query = encodeURIComponent('query ($id: ID!) { item(itemId: $id) { itemId } }');
  const variables = encodeURIComponent('{"id":9007199254740993}');
  const { errors } = await (await fetch(`${api.server.url}?query=${query}&variables=${variables}`)).json();
  expect(errors[0].message).toContain('id is 9007199254740992: ids beyond 2^53');
  const nested = await api.ask(RECOMMEND, { input: { target: { user: 'u1' }, excludeItems: ['f1', 2 ** 53] } });
  expect(nested.errors![0]!.message).toContain('input.excludeItems[1] is 9007199254740992');
  await expect
    .poll(() => api.log.find(({ fields }) => fields.requestId === nested.requestId)?.fields)
    .toMatchObject({ operation: 'recommend', errors: ['INVALID_ARGUMENT'] });
  await api.recommender.upsertItems([{ id: '9007199254740993', title: 'far' }]);
  expect((await api.ask('{ item(itemId: 9007199254740993) { itemId title } }')).data.item).toEqual({
    itemId: '9007199254740993',
    title: 'far',
  });
});

/** What a browser sends for a page of another name, which fetch does not allow to set. */
const from = (headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = httpRequest(
      api.server.url,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        response.resume();
        resolve(response.statusCode!);
      },
    );
    asked.on('error', reject);
    asked.end('{"query":"{ __typename }"}');
  });

it('a server without keys answers to names of this machine alone', async () => {
  const { port } = new URL(api.server.url);
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `shop.localhost:${port}`]) {
    expect.soft(await from({ host }), host).toBe(200);
  }
  for (const headers of [
    { host: `evil.example:${port}` },
    { host: '127.0.0.1.evil.example' },
    { host: `localhost:${port}`, origin: 'https://evil.example' },
    { host: `localhost:${port}`, origin: 'null' },
  ]) {
    expect.soft(await from(headers), JSON.stringify(headers)).toBe(403);
  }
});

it('what a plugin said when it failed reaches an admin and the log, nobody else', async () => {
  const fails = {
    name: 'fails',
    apiVersion: 1,
    components: [
      (await import('recograph')).defineStage({
        type: 'fails',
        create: () => ({
          run: () => {
            throw new Error('no file /srv/secret/path.json for process 4711');
          },
        }),
      }),
    ],
  };
  const other = await startApi({
    keys: [key('read'), key('admin')],
    config: {
      plugins: [fails],
      pipelines: {
        home: { candidates: [{ model: 'taste', n: 50 }], rerank: [{ use: 'fails' }], fallback: ['trending'] },
      },
    },
  });
  try {
    const degraded = async (role: string) =>
      (await other.ask(RECOMMEND, { input: { target: { user: 'u1' } } }, { authorization: `Bearer ${role}` })).data
        .recommend.degraded;
    expect(await degraded('read')).toEqual([
      {
        stage: expect.stringContaining('fails'),
        code: 'INTERNAL',
        message: "It failed (INTERNAL); the server's log says why.",
      },
    ]);
    expect((await degraded('admin'))[0].message).toContain('/srv/secret/path.json');
    expect(other.log.some(({ fields }) => String((fields.err as Error)?.message).includes('/srv/secret'))).toBe(true);
  } finally {
    await other.close();
  }
}, 60_000);

it('the process that ran a job is the admin’s to know', async () => {
  const keyed = await startApi({ keys: [key('read'), key('admin')] });
  try {
    const ask = (query: string, role: string) => keyed.ask(query, {}, { authorization: `Bearer ${role}` });
    const { data } = await ask('mutation { train { ... on JobPayload { job { id } } } }', 'admin');
    const detailFor = async (role: string) =>
      (await ask(`{ job(id: "${data.train.job.id}") { detail } }`, role)).data.job.detail;
    expect(JSON.stringify(await detailFor('admin'))).toContain(`.${process.pid}.`);
    expect(await detailFor('read')).toHaveProperty('task');
    expect(JSON.stringify(await detailFor('read'))).not.toContain(String(process.pid));
  } finally {
    await keyed.close();
  }
}, 60_000);

it('conditions count in the cost of a query, also those in variables, over all of its fields', async () => {
  const filter = { attributes: Array.from({ length: 20 }, () => ({ name: 'year', min: 1 })) };
  const items = (count: number) =>
    `query ($filter: FilterInput!) { ${many(count, 'a')
      .map((alias) => `${alias}: items(first: 1, filter: $filter) { edges { node { itemId } } }`)
      .join(' ')} }`;
  expect((await api.ask(items(1), { filter })).errors).toBeUndefined();
  const { data, errors } = await api.ask(items(2), { filter });
  expect(data ?? null).toBeNull();
  expect(errors![0]!.message).toMatch(/^The query's cost is \d+; at most 5000\. .*fewer conditions in filters/);
  const windows = many(4, 'a').map((alias, k) => `${alias}: popular(window: "${k + 1}d", first: 1) { __typename }`);
  expect((await api.ask(`{ ${windows.join(' ')} }`)).errors![0]!.message).toMatch(/^The query's cost/);
});

it('a query whose variables hold more than any of its arguments may is refused as a whole', async () => {
  const { status, errors } = await api.ask(RECOMMEND, {
    input: { target: { user: 'u1' }, filter: { categories: many(90_000, 'c') } },
  });
  expect(status).toBe(400);
  expect(errors![0]!.message).toContain('at most 10000 values');
});

it('a large body that is no request is refused at once', async () => {
  const response = await post(api.server.url, `{"n":1234567890123456,"query":"${'\\"'.repeat(450_000)}`);
  expect(response.status).toBe(400);
  expect((await response.json()).errors[0].message).toContain('The body is no query or mutation');
});

it('windows of popular are counted one at a time; what does not come in time is the fallback list', async () => {
  const asked = Array.from({ length: 30 }, (_, k) =>
    api.ask(`{ popular(window: "${k + 100}d", first: 3) { ... on ItemList { model edges { node { itemId } } } } }`),
  );
  const models = (await Promise.all(asked)).map(({ data }) => data.popular.model);
  expect(models.filter((model) => model === 'popular').length).toBeGreaterThanOrEqual(8);
  expect(models.filter((model) => model === 'fallback').length).toBeGreaterThan(0);
});

it('a page of another name does not learn what stands in /ready', async () => {
  const notes = vi.spyOn(api.recommender.service, 'status');
  notes.mockResolvedValue({ bundle: 'b', pipelines: {}, notes: ['/srv/secret/bundle is damaged'] });
  try {
    const ready = (host: string): Promise<string> =>
      new Promise((resolve, reject) => {
        httpRequest(api.server.url.replace('/graphql', '/ready'), { headers: { host } }, (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve(text));
        })
          .on('error', reject)
          .end();
      });
    expect(await ready('localhost')).toContain('/srv/secret');
    expect(await ready('evil.example')).not.toContain('/srv/secret');
  } finally {
    notes.mockRestore();
  }
});
