import { createHash } from 'node:crypto';
import { serverAudits } from 'graphql-http';
import { definePlugin } from 'recograph';
import { createServer, defineGraphQLExtension } from 'recograph/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, ask, post, startApi } from '../support/api.ts';

/** As a third party writes it: a field, one that fails, and a subscription that fails at its second event. */
const extension = definePlugin({
  name: 'recograph-plugin-greeting',
  apiVersion: 1,
  components: [
    defineGraphQLExtension('greeting', (builder, service, types) => {
      builder.objectField(types.User, 'topPick', (t) =>
        t.field({
          type: types.Item,
          nullable: true,
          description: 'The best item for this user.',
          resolve: async ({ userId }) => {
            const { items } = await service!.recommend({ target: { user: userId }, n: 1 });
            return items[0] ? types.item(items[0].id) : null;
          },
        }),
      );
      builder.objectField(types.RecommendationEdge, 'margin', (t) =>
        t.float({ resolve: ({ entry }) => entry.score * 2 }),
      );
      builder.queryField('greeting', (t) =>
        t.string({
          description: 'How the best film for a user is called.',
          args: { user: t.arg.id({ required: true }) },
          resolve: async (_, { user }, { items }) => {
            const slate = await service!.recommend({ target: { user }, n: 1 });
            return `Try ${(await items.load(slate.items[0]!.id))!.title}`;
          },
        }),
      );
      builder.queryField('fails', (t) =>
        t.string({
          nullable: true,
          resolve: async () => {
            await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
            throw new Error('secret connection string');
          },
        }),
      );
      builder.mutationField('erase', (t) => t.boolean({ resolve: () => true }));
      builder.subscriptionField('failsLater', (t) =>
        t.int({
          nullable: true,
          subscribe: async function* () {
            yield 1;
            await new Promise((resolve) => setTimeout(resolve, 5));
            yield 2;
          },
          resolve: (value) => {
            if (value === 2) throw new Error('secret of an event');
            return value as number;
          },
        }),
      );
    }),
  ],
});

let api: Api;
beforeAll(async () => {
  api = await startApi({ config: { plugins: [extension] } });
});
afterAll(() => api.close());

describe('an extension', () => {
  it('adds a field that uses the service', async () => {
    const { data } = await api.ask('{ greeting(user: "u1") }');
    expect(data.greeting).toMatch(/^Try haunted ghost cellar \d+$/);
  });

  it('adds fields to the types of the API, and answers with them', async () => {
    const user = Buffer.from('User:u1').toString('base64url');
    const { data, errors } = await api.ask(
      `{ node(id: "${user}") { ... on User { userId topPick { itemId title available } } }
         recommend(input: { target: { user: "u1" } }, first: 1) {
           ... on RecommendationConnection { edges { score margin node { itemId } } } } }`,
    );
    expect(errors).toBeUndefined();
    const [edge] = data.recommend.edges;
    expect(edge.margin).toBe(2 * edge.score);
    expect(data.node.topPick).toMatchObject({ itemId: edge.node.itemId, available: true, title: expect.any(String) });
  });
});

describe('masked errors', () => {
  it('name each of many concurrent requests by its own id, and nothing else', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => api.ask('{ fails }')));
    for (const { errors, requestId, text } of answers) {
      expect(errors![0]).toMatchObject({ path: ['fails'], extensions: { code: 'INTERNAL', requestId } });
      expect(text).not.toContain('secret');
    }
    expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(40);
    const logged = api.log.filter(({ fields }) => String(fields.error).includes('secret connection string'));
    expect(new Set(logged.map(({ fields }) => fields.requestId))).toEqual(new Set(answers.map((a) => a.requestId)));
  });

  it('name the request of a subscription in its later events', async () => {
    const runs = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const response = await post(api.server.url, '{"query":"subscription { failsLater }"}', {
          accept: 'text/event-stream',
        });
        return { id: response.headers.get('x-request-id')!, text: await response.text() };
      }),
    );
    for (const { id, text } of runs) {
      expect(text).toContain('"failsLater":1');
      expect(text).toContain(`"requestId":"${id}"`);
      expect(text).not.toContain('secret');
    }
  });
});

describe('GraphQL over HTTP', () => {
  it('passes all audits of graphql-http', async () => {
    const audits = serverAudits({ url: api.server.url });
    const results = [];
    for (const audit of audits) results.push(await audit.fn());
    const counts = { MUST: 0, SHOULD: 0, MAY: 0 };
    for (const { name, status } of results) {
      if (status === 'ok') counts[name.split(' ')[0] as 'MUST']++;
    }
    expect(results.filter(({ status }) => status !== 'ok').map(({ name }) => name)).toEqual([]);
    expect(results).toHaveLength(61);
    expect(counts).toEqual({ MUST: 13, SHOULD: 23, MAY: 25 });
  });

  it('refuses what another site could make a browser send', async () => {
    const form = await fetch(api.server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'query=mutation%20%7B%20rollbackBundle%20%7B%20__typename%20%7D%20%7D',
    });
    expect(form.status).toBe(403);
    const text = await fetch(api.server.url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"query":"{ __typename }"}',
    });
    expect(text.status).toBeGreaterThanOrEqual(400);
    const query = `${api.server.url}?query=${encodeURIComponent('{ __typename }')}`;
    expect((await fetch(query, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect((await fetch(query, { headers: { 'sec-fetch-site': 'cross-site', 'x-csrf-token': '1' } })).status).toBe(200);
    expect((await fetch(query)).status).toBe(200);
    const mutation = `${api.server.url}?query=${encodeURIComponent('mutation { erase }')}`;
    expect((await fetch(mutation)).status).toBe(405);
  });
});

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');

describe('keys', () => {
  const keys = (['read', 'write', 'admin'] as const).map((role) => ({ role, sha256: sha256(`${role}-key`) }));
  const refused = (answer: Awaited<ReturnType<typeof ask>>) => answer.errors?.[0]?.extensions?.code === 'UNAUTHORIZED';

  it('let each role do what it may and no more', async () => {
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const server = await createServer(api.recommender, { port: 0, host: '127.0.0.1', log, keys });
    try {
      const asked = {
        read: '{ health { ok } }',
        write: 'mutation { recordEvents(input: { events: [] }) { __typename } }',
        items: 'mutation { upsertItems(items: []) { __typename } }',
        admin: 'mutation { activateBundle(id: "none") { __typename } }',
        extension: 'mutation { erase }',
      };
      const may = async (authorization?: string) => {
        const allowed: string[] = [];
        for (const [name, query] of Object.entries(asked)) {
          const answer = await ask(server.url, query, {}, authorization === undefined ? {} : { authorization });
          if (!refused(answer)) allowed.push(name);
        }
        return allowed;
      };
      expect(await may()).toEqual([]);
      expect(await may('Bearer wrong')).toEqual([]);
      expect(await may('Basic cmVhZC1rZXk=')).toEqual([]);
      expect(await may('Bearer read-key')).toEqual(['read']);
      expect(await may('Bearer write-key')).toEqual(['read', 'write', 'items']);
      expect(await may('Bearer admin-key')).toEqual(['read', 'write', 'items', 'admin', 'extension']);
      const bare = await ask(server.url, '{ __typename }');
      expect([bare.status, bare.errors![0]!.extensions!.code]).toEqual([401, 'UNAUTHORIZED']);
      const base = server.url.replace('/graphql', '');
      const status = async (path: string, headers = {}) => (await fetch(base + path, { headers })).status;
      expect([await status('/health'), await status('/ready'), await status('/metrics')]).toEqual([200, 200, 401]);
      expect(await status('/metrics', { authorization: 'Bearer read-key' })).toBe(200);
      expect(await status('/graphql', { accept: 'text/html' })).toBe(200);
    } finally {
      await server.close(100);
    }
  });

  it('are needed to listen where other machines reach the server', async () => {
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const open = createServer(api.recommender, { port: 0, host: '0.0.0.0', log });
    await expect(open).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      at: 'server.host',
      message: expect.stringContaining('RECOGRAPH_ADMIN_KEYS'),
    });
    const server = await createServer(api.recommender, { port: 0, host: '0.0.0.0', log, keys });
    await server.close(100);
  });
});

describe('operations', () => {
  it('says on /health and /ready how it is, and on /metrics what it did', async () => {
    const base = api.server.url.replace('/graphql', '');
    await api.ask('query Secret { popular { __typename } }');
    await api.ask('{ fails }');
    expect(await (await fetch(`${base}/health`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${base}/ready`)).json()).toMatchObject({ ready: true });
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toMatch(/recograph_request_duration_seconds_count\{operation="popular"\} [1-9]/);
    expect(text).toMatch(/recograph_request_errors_total\{operation="fails",code="INTERNAL"\} [1-9]/);
    expect(text).toMatch(/recograph_active_bundle_age_seconds \d/);
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    await api.recommender.service.recommend({ target: { anonymous: true }, n: 1 });
    const later = await (await fetch(`${base}/metrics`)).text();
    expect(later).toMatch(/recograph_batches_total [1-9]/);
    for (const stage of ['gather', 'encode', 'run']) {
      expect(later).toMatch(new RegExp(`recograph_stage_seconds_total\\{stage="${stage}"\\} \\d`));
    }
    for (const name of ['worker_restarts_total', 'workers', 'queued_requests', 'batches_in_flight', 'tensor_bytes']) {
      expect(later).toMatch(new RegExp(`^recograph_${name} 0$`, 'm'));
    }
    expect(text).not.toContain('Secret');
  });

  it('logs one line a request, with its id, operation, time and status, and no text of the query', async () => {
    const { requestId } = await api.ask('{ item(itemId: "my-secret-id") { title } }');
    await expect.poll(() => api.log.filter(({ fields }) => fields.requestId === requestId)).toHaveLength(1);
    const line = api.log.find(({ fields }) => fields.requestId === requestId)!;
    expect(line).toMatchObject({ level: 'info', message: 'request', fields: { operation: 'item', status: 200 } });
    expect(line.fields.ms).toBeGreaterThan(0);
    expect(JSON.stringify(line)).not.toContain('my-secret-id');
  });

  it('is not ready while nothing is trained, and answers so', async () => {
    const bare = await startApi({ train: false });
    try {
      expect((await fetch(bare.server.url.replace('/graphql', '/ready'))).status).toBe(503);
      const { data } = await bare.ask(
        '{ recommend(input: { target: { anonymous: true } }) { __typename } popular { __typename } health { ok } }',
      );
      expect(data).toEqual({
        recommend: { __typename: 'NoActiveBundle' },
        popular: { __typename: 'NoActiveBundle' },
        health: { ok: false },
      });
    } finally {
      await bare.close();
    }
  });
});
