import type { IncomingMessage, ServerResponse } from 'node:http';
import { type GraphQLParams, processRegularResult } from 'graphql-yoga';
import type { Call } from '../context.ts';
import type { createApi } from './api.ts';
import { refuse, send } from './http.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { lossyInteger, lossyMessage } from './lossy-integer.ts';
import { oneByOne } from './one-by-one.ts';
import { holdsMore } from './values.ts';

/** A body from this size on that is no request is refused here: Yoga would read it again. */
const LARGE_BYTES = 65_536;
/** Values in the variables of a query; the largest that keeps to every other bound has about 6,000. */
const MAX_READ_VALUES = 10_000;
const NO_REQUEST = 'The body is no query or mutation as one JSON object: {"query": "...", "variables": {...}}.';
const TOO_MANY = `The variables of a query hold at most ${MAX_READ_VALUES} values, lists and objects included. Send shorter lists.`;
const JSON_TYPE = /^application\/json(; ?charset=utf-8)?$/i;
const ANSWERS: Readonly<Record<string, string>> = {
  '*/*': 'application/json',
  'application/json': 'application/json',
  'application/graphql-response+json': 'application/graphql-response+json',
};

/**
 * Answers what nearly all clients send, one query or mutation as a JSON body, without the streams, headers and signals
 * of Fetch's Request and Response around it: half the time of a request. Parsing, limits, execution, masking and status
 * codes are Yoga's. Everything else, and what may be an error of the request itself, goes to Yoga whole.
 */
export const answerJsonPosts =
  (api: ReturnType<typeof createApi>, turn = oneByOne()) =>
  async (request: IncomingMessage, response: ServerResponse, call: Call): Promise<void> => {
    const type = answerType(request);
    if (type === undefined) return void (await api(request, response, { call }));
    const body = await bodyOf(request);
    await turn(body.length);
    const json = body.toString();
    const params = paramsOf(json);
    if (!params && body.length >= LARGE_BYTES) return refuse(request, response, 400, 'BAD_REQUEST', NO_REQUEST);
    if (params && !params.query!.includes('mutation') && holdsMore(params.variables, MAX_READ_VALUES)) {
      return refuse(request, response, 400, 'INVALID_ARGUMENT', TOO_MANY);
    }
    const lossy = lossyInteger(json);
    if (lossy !== undefined) return refuse(request, response, 400, 'INVALID_ARGUMENT', lossyMessage(lossy));
    // It reads a body that is there already from the request.
    if (!params) return void (await api(Object.assign(request, { body }), response, { call }));
    const result = await api.getResultForParams({ params, request: new BareRequest(request) as never }, {
      call,
    } as Parameters<typeof api.getResultForParams>[1]);
    const { body: text, init } = processRegularResult(
      result as never,
      { Response: Parts } as never,
      type,
    ) as never as Parts;
    send(response, init.status, init.headers['Content-Type']!, text);
  };

/** The media type of the answer; undefined = not one of the requests that are answered here. */
const answerType = ({ method, url, headers }: IncomingMessage): string | undefined => {
  const length = Number(headers['content-length']);
  if (method !== 'POST' || url !== '/graphql' || !(length > 0 && length <= MAX_BODY_BYTES)) return undefined;
  if (!JSON_TYPE.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined) return undefined;
  if (headers['sec-fetch-site'] !== undefined) return undefined;
  return ANSWERS[headers.accept ?? '*/*'];
};

const bodyOf = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', reject);
  });

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What each parameter may be, apart from missing or null. */
const PARAMS: Readonly<Record<string, (value: unknown) => boolean>> = {
  query: (value) => typeof value === 'string' && !value.includes('subscription'),
  variables: isObject,
  operationName: (value) => typeof value === 'string',
  extensions: isObject,
};

/** undefined for what is no request of a query or mutation beyond doubt. */
const paramsOf = (json: string): GraphQLParams | undefined => {
  let params: GraphQLParams;
  try {
    params = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isObject(params) || typeof params.query !== 'string') return undefined;
  for (const [name, value] of Object.entries(params)) {
    if (value != null && !(Object.hasOwn(PARAMS, name) && PARAMS[name]!(value))) return undefined;
  }
  return params;
};

/** What Yoga's plugins and extensions may ask of a request whose body is read. */
class BareRequest {
  readonly method = 'POST';
  readonly #request: IncomingMessage;
  constructor(request: IncomingMessage) {
    this.#request = request;
  }
  get url(): string {
    return `http://${this.#request.headers.host ?? 'localhost'}${this.#request.url}`;
  }
  get headers(): Headers {
    return new Headers(this.#request.headers as Record<string, string>);
  }
}

/** What Yoga makes a Response of. */
class Parts {
  readonly body: string;
  readonly init: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
  constructor(body: string, init: Parts['init']) {
    this.body = body;
    this.init = init;
  }
}
