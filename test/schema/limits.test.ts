import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, post, startApi } from '../support/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const refusal = async (query: string) => {
  const start = performance.now();
  const { status, errors, data } = await api.ask(query);
  return { status, data, message: errors?.[0]?.message ?? '', ms: performance.now() - start };
};

it('limits depth, aliases, directives, tokens and cost before anything runs', async () => {
  const nested = (depth: number): string =>
    depth === 0 ? 'title' : `similar { ... on ItemList { edges { node { ${nested(depth - 1)} } } } }`;
  expect((await refusal(`{ item(itemId: "f1") { ${nested(4)} } }`)).message).toMatch(/depth/i);
  const aliases = Array.from({ length: 16 }, (_, k) => `a${k}: __typename`).join(' ');
  expect((await refusal(`{ ${aliases} }`)).message).toMatch(/alias/i);
  expect((await refusal(`{ __typename ${'@include(if: true) '.repeat(6)} }`)).message).toMatch(/directive/i);
  expect((await refusal(`{ ${'__typename '.repeat(2100)} }`)).message).toMatch(/token/i);
  const page =
    'recommend(input: { target: { anonymous: true } }, first: 100) { ... on RecommendationConnection { edges { node { similar(first: 100) { ... on ItemList { edges { node { title } } } } } } } }';
  expect((await refusal(`{ ${page} }`)).message).toMatch(/cost/i);
});

it('refuses ten thousand aliases quickly', async () => {
  const aliases = Array.from({ length: 10_000 }, (_, k) => `a${k}: health { ok }`).join(' ');
  const { data, message, ms } = await refusal(`{ ${aliases} }`);
  expect(data).toBeUndefined();
  expect(message).not.toBe('');
  expect(ms).toBeLessThan(1000);
});

it('takes no batch of operations', async () => {
  const response = await post(api.server.url, '[{"query":"{ __typename }"},{"query":"{ __typename }"}]');
  expect(response.status).toBe(400);
});

/** Posts blanks; resolves with the status as soon as it comes. */
const flood = (bytes: number, chunked: boolean): Promise<{ status: number; ms: number; sent: number }> =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    const chunk = Buffer.alloc(65_536, 32);
    const headers = { 'content-type': 'application/json', ...(chunked ? {} : { 'content-length': String(bytes) }) };
    let sent = 0;
    const call = request(api.server.url, { method: 'POST', headers }, (response) => {
      resolve({ status: response.statusCode!, ms: performance.now() - start, sent });
      response.resume();
      call.destroy();
    });
    call.on('error', reject);
    const pump = (): void => {
      while (sent < bytes && !call.destroyed) {
        sent += chunk.length;
        if (!call.write(chunk)) {
          call.once('drain', pump);
          return;
        }
      }
      call.end();
    };
    pump();
  });

it('refuses a body of 200 MB at once, told its length or not, with flat memory', async () => {
  const before = process.memoryUsage.rss();
  for (const chunked of [false, true]) {
    const { status, ms, sent } = await flood(200_000_000, chunked);
    expect(status).toBe(413);
    expect(ms).toBeLessThan(2000);
    expect(sent).toBeLessThan(100_000_000);
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(60_000_000);
});

const VALID = [
  'query ($u: ID!) { recommend(input: { target: { user: $u }, filter: { categories: ["Horror"], attributes: [{ name: "year", min: 1960 }] } }, first: 5) { __typename ... on RecommendationConnection { edges { node { title similar(first: 2) { ... on ItemList { model } } } } pageInfo { endCursor } } ... on Failure { message } } }',
  '{ items(first: 3, after: null) { edges { cursor node { itemId attributes } } } popular(window: "7d") { ... on ItemList { edges { rank } } } }',
  'mutation { recordEvents(input: { events: [{ user: "z", item: "f1", type: "like", value: 1.5, time: "2024-01-01T00:00:00Z", context: { a: [1, { b: null }] } }] }) { ... on RecordEventsPayload { accepted rejected { index message } } ... on InvalidArgument { argument } } }',
  'fragment F on Item { id title } query A($first: Int = 3) { similarItems(item: "f2", first: $first) { ... on ItemList { edges { node { ...F } } } } node(id: "SXRlbTpmMQ") { ...F } }',
  '{ user(userId: "u1") { history(first: 2) { edges { node { type } } } } jobs { id } plugins(kind: MODEL) { type } health { ok } bundles { metrics } }',
];
const BITS = [
  '{',
  '}',
  '(',
  ')',
  '"',
  '"""',
  '$',
  '...',
  '@include(if: $u)',
  '!',
  '[',
  ']',
  ':',
  '-1',
  '1e999',
  'null',
  '__proto__',
  'on',
  'fragment F on Item { ...F }',
  '\u0000',
  '\ud800',
  '👻',
  'first: 101',
  'constructor',
  '#',
  '\\u{110000}',
  'mutation',
  'subscription { jobProgress(id: "x") { seq } }',
];

it('answers 2,000 fuzzed documents without a crash or a trace of its insides', async () => {
  const edit = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(12),
    fc.oneof(fc.constantFrom(...BITS), fc.string({ maxLength: 8 })),
  );
  const documents = fc.sample(
    fc.tuple(fc.constantFrom(...VALID), fc.array(edit, { minLength: 1, maxLength: 4 })).map(([document, edits]) =>
      edits.reduce((text, [at, cut, bit]) => {
        const place = Math.floor(at * text.length);
        return text.slice(0, place) + bit + text.slice(place + cut);
      }, document),
    ),
    { numRuns: 2000, seed: 7 },
  );
  const statuses: Record<number, number> = {};
  for (let k = 0; k < documents.length; k += 20) {
    await Promise.all(
      documents.slice(k, k + 20).map(async (query) => {
        const response = await post(api.server.url, JSON.stringify({ query, variables: { u: 'u1' } }));
        const text = await response.text();
        statuses[response.status] = (statuses[response.status] ?? 0) + 1;
        expect(text, query).not.toMatch(/\.ts:\d|node_modules|node:internal|at [\w.]+ \(|SQLITE|Internal error/);
      }),
    );
  }
  console.info('fuzzed documents by status', statuses);
  expect(Object.keys(statuses).every((status) => Number(status) < 500)).toBe(true);
  expect(api.log.filter(({ level }) => level === 'error')).toEqual([]);
  expect((await api.ask('{ health { ok } }')).data.health.ok).toBe(true);
});
