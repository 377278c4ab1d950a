import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, post, startApi } from '../support/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** A browser's header alone makes the same request go all the way through Yoga. */
const BY_YOGA = { 'sec-fetch-site': 'same-origin' };
const answer = async (body: string, headers: Record<string, string>) => {
  const response = await post(api.server.url, body, headers);
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text };
};
const query = (text: string, rest: object = {}) => JSON.stringify({ query: text, ...rest });

it.each([
  ['data', query('{ popular(first: 2) { ... on ItemList { edges { rank node { id title categories } } } } }')],
  ['null for what is not there', query('{ item(itemId: "nothing") { title } }')],
  ['variables', query('query($id: ID!) { item(itemId: $id) { itemId } }', { variables: { id: 'f1' } })],
  ['a missing variable', query('query($id: ID!) { item(itemId: $id) { itemId } }')],
  ['one of two operations', query('query A { health { ok } } query B { jobs { id } }', { operationName: 'B' })],
  ['no operation of that name', query('query A { health { ok } }', { operationName: 'C' })],
  ['a syntax error', query('{ popular(')],
  ['an unknown field', query('{ nonsense }')],
  ['too deep a document', query(`{ node(id: "x") { ${'... on Item { '.repeat(20)} id ${'}'.repeat(20)} } }`)],
  ['a failed field', query('{ jobs(first: 0) { id } }')],
  ['variables that are no object', query('{ health { ok } }', { variables: 'all' })],
  ['an unknown parameter', query('{ health { ok } }', { more: 1 })],
  ['no query', '{}'],
  ['a list', '[]'],
  ['no JSON', '{'],
])('answers %s as Yoga does', async (_, body) => {
  for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
    expect(await answer(body, { accept })).toEqual(await answer(body, { accept, ...BY_YOGA }));
  }
});

it('gives every answer an id, and counts and logs it once', async () => {
  const { requestId } = await api.ask('{ health { ok } }');
  await expect.poll(() => api.log.filter(({ fields }) => fields.requestId === requestId)).toHaveLength(1);
});
