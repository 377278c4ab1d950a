import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EnvelopArmor } from '@escape.tech/graphql-armor';
import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { createYoga } from 'graphql-yoga';
import { type Log, RecographError, type Recommender } from 'recograph';
import { buildSchema } from '../build-schema.ts';
import { type Context, createContext } from '../context.ts';
import { maskError } from './errors.ts';
import { STARTER_QUERY } from './starter-query.ts';

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  readonly log: Log;
}

export interface RunningServer {
  /** `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** Takes no new connections, lets running requests end for `graceMs`, then closes what is left (subscriptions). */
  close(graceMs?: number): Promise<void>;
}

const MAX_BODY_BYTES = 1_000_000;

/**
 * Serves the API at `/graphql` with GraphiQL, `GET /health` (the process lives) and `GET /ready` (data open, bundle
 * active). Throws INVALID_ARGUMENT where the port is taken.
 */
export const createServer = async (recommender: Recommender, options: ServerOptions): Promise<RunningServer> => {
  const { log } = options;
  const requests = new AsyncLocalStorage<string>();
  const armor = new EnvelopArmor({
    maxAliases: { n: 15, allowList: [] },
    maxDirectives: { n: 5 },
    maxDepth: { n: 12, flattenFragments: true },
    maxTokens: { n: 2000 },
    costLimit: { maxCost: 20_000, ignoreIntrospection: true },
    blockFieldSuggestion: { enabled: false },
  }).protect();
  const yoga = createYoga<object, Context>({
    schema: buildSchema(recommender.components, recommender.service),
    graphqlEndpoint: '/graphql',
    landingPage: false,
    healthCheckEndpoint: '/health',
    graphiql: { title: 'Recograph', defaultQuery: STARTER_QUERY, subscriptionsProtocol: 'SSE' },
    logging: false,
    cors: false,
    multipart: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    context: () => createContext(recommender, requests.getStore() ?? '', 'admin'),
    maskedErrors: {
      maskError: (error) => {
        const requestId = requests.getStore() ?? '';
        return maskError(error, requestId, (cause) => {
          log.error({ requestId, error: cause instanceof Error ? cause.stack : String(cause) }, 'request failed');
        });
      },
    },
    plugins: [
      ...armor.plugins,
      useCSRFPrevention({ requestHeaders: ['content-type', 'x-csrf-token', 'apollo-require-preflight'] }),
    ],
  });

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const requestId = randomUUID();
    response.setHeader('x-request-id', requestId);
    if (request.url === '/ready') return void ready(recommender, response);
    requests.run(requestId, () => void yoga(request, response));
  };
  const server = createHttpServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const message = taken
        ? `Port ${options.port} of ${options.host} is taken. Set PORT, or stop what listens there.`
        : `Cannot listen on ${options.host}:${options.port}: ${cause.message}`;
      reject(new RecographError('INVALID_ARGUMENT', message, { at: 'server.port', cause }));
    });
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}/graphql`,
    close: async (graceMs = 2000) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
      await yoga.dispose();
    },
  };
};

const ready = async ({ store }: Recommender, response: ServerResponse): Promise<void> => {
  const active = await store.activeBundle().catch(() => undefined);
  response.statusCode = active === undefined ? 503 : 200;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ready: active !== undefined, bundle: active ?? null }));
};
