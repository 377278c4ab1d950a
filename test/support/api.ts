import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender, type Log, type Recommender } from 'recograph';
import { createServer, type Key, type RunningServer } from 'recograph/schema';
import { filmsConfig, writeFilms } from './films.ts';

export interface Answer {
  readonly status: number;
  readonly requestId: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by path
  readonly data: any;
  readonly errors: { message: string; path?: string[]; extensions?: Record<string, unknown> }[] | undefined;
  readonly text: string;
}

/** A real HTTP server over a real store, and a client of it. */
export interface Api {
  readonly recommender: Recommender;
  readonly server: RunningServer;
  readonly folder: string;
  readonly log: { level: string; fields: Record<string, unknown>; message: string }[];
  ask(query: string, variables?: object, headers?: Record<string, string>): Promise<Answer>;
  /** Events of a subscription, as they come. */
  listen(
    query: string,
    variables?: object,
  ): AsyncGenerator<{ data?: Record<string, never>; errors?: Answer['errors'] }>;
  close(): Promise<void>;
}

interface Options {
  readonly keys?: readonly Key[];
  readonly config?: object;
  readonly train?: boolean;
}

export const startApi = async ({ keys = [], config = {}, train = true }: Options = {}): Promise<Api> => {
  const folder = await mkdtemp(join(tmpdir(), 'recograph-api-'));
  await writeFilms(folder);
  const lines: Api['log'] = [];
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: fields as Record<string, unknown>, message });
    if (level === 'error' && process.env.RECOGRAPH_TEST_LOG) console.error(message, fields);
  };
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const recommender = await createRecommender({ ...filmsConfig, ...config }, { folder, log });
  if (train) await recommender.train();
  const server = await createServer(recommender, { port: 0, host: '127.0.0.1', log, keys });
  return {
    recommender,
    server,
    folder,
    log: lines,
    ask: (query, variables, headers) => ask(server.url, query, variables, headers),
    listen: (query, variables) => listen(server.url, query, variables),
    close: async () => {
      await server.close(100);
      await recommender.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export const post = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

export const ask = async (
  url: string,
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await post(url, JSON.stringify({ query, variables }), headers);
  const text = await response.text();
  const { data, errors } = JSON.parse(text);
  return { status: response.status, requestId: response.headers.get('x-request-id') ?? '', data, errors, text };
};

export async function* listen(url: string, query: string, variables: object = {}): ReturnType<Api['listen']> {
  const response = await post(url, JSON.stringify({ query, variables }), { accept: 'text/event-stream' });
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const line = block.split('\n').find((text) => text.startsWith('data: {'));
      if (line) yield JSON.parse(line.slice(6));
    }
  }
}
