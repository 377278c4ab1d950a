import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Log, Recommender } from 'recograph';
import type { Call, Role } from '../context.ts';
import { createApi } from './api.ts';
import { listen, mustBeLocal, namesLoopback, refuse, send, sendJson } from './http.ts';
import { answerJsonPosts } from './json-post.ts';
import { createKeyring, type Key } from './keys.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { createMetrics } from './metrics.ts';

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  readonly log: Log;
  /** Who may do what. Without any, everybody may do everything and `host` must be this machine's own. */
  readonly keys?: readonly Key[];
}

export interface RunningServer {
  /** `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** Takes no new connections, lets running requests end for `graceMs`, then closes what is left (subscriptions). */
  close(graceMs?: number): Promise<void>;
}

/** A request must have come whole within that time. */
const REQUEST_MS = 30_000;
/** Longer than load balancers keep theirs: whoever closes first must not be the one who is about to be asked. */
const KEEP_ALIVE_MS = 75_000;
const NOT_LOCAL =
  'Without keys this server answers requests to localhost alone, from pages of localhost. Set RECOGRAPH_ADMIN_KEYS to open it.';
const NO_KEY = 'Send a key that this server knows: Authorization: Bearer KEY.';
const TOO_LARGE = `The body is larger than ${MAX_BODY_BYTES} bytes. Send smaller batches, or use \`recograph import\`.`;

/**
 * Serves the API at `/graphql` with GraphiQL, `GET /health` (the process lives), `GET /ready` (data open, bundle active,
 * not about to stop) and `GET /metrics` (for Prometheus). Throws INVALID_ARGUMENT where the port is taken, or where
 * there are no keys and `host` can be reached from other machines.
 */
export const createServer = async (recommender: Recommender, options: ServerOptions): Promise<RunningServer> => {
  const { log, host } = options;
  const keyring = createKeyring(options.keys ?? []);
  if (keyring.open) mustBeLocal(host);
  const api = createApi(recommender, log);
  const answer = answerJsonPosts(api);
  const metrics = createMetrics(recommender);
  let stopping = false;

  const ready = async (response: ServerResponse, role: Role | undefined): Promise<void> => {
    const { bundle, notes } = await recommender.service.status();
    const ok = bundle !== null && !stopping;
    sendJson(response, ok ? 200 : 503, {
      ready: ok,
      bundle,
      // They name files of this machine.
      degraded: role === 'admin' ? notes : notes.map(() => "Not as it should be: see the server's log."),
    });
  };
  const observe = (call: Call, path: string, response: ServerResponse): void => {
    const start = performance.now();
    response.once('close', () => {
      const { id: requestId, operation, errors } = call;
      const ms = Math.round((performance.now() - start) * 100) / 100;
      const status = response.statusCode;
      if (path === '/graphql') {
        if (status >= 400 && errors.length === 0) errors.push(`HTTP_${status}`);
        metrics.observe(call, ms / 1000);
        log.info({ requestId, operation, ms, status, ...(errors.length > 0 ? { errors } : {}) }, 'request');
      } else log.debug({ requestId, path, ms, status }, 'request');
    });
  };

  const route = async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    call: Call,
    known: boolean,
  ) => {
    // GraphiQL's page holds nothing secret: its user enters the key there.
    const page = path === '/graphql' && request.method === 'GET' && request.headers.accept?.includes('text/html');
    const isLocal = !keyring.open || namesLoopback(request.headers);
    if (path === '/health') sendJson(response, 200, { status: 'ok' });
    else if (path === '/ready') await ready(response, known && isLocal ? call.role : undefined);
    else if (!isLocal) refuse(request, response, 403, 'FORBIDDEN_HOST', NOT_LOCAL);
    else if (!known && !page) refuse(request, response, 401, 'UNAUTHORIZED', NO_KEY);
    else if (path === '/metrics') send(response, 200, metrics.contentType, await metrics.text());
    else if (Number(request.headers['content-length']) > MAX_BODY_BYTES) {
      refuse(request, response, 413, 'REQUEST_ENTITY_TOO_LARGE', TOO_LARGE);
    } else await answer(request, response, call);
  };

  const server = createHttpServer({
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 5000,
  });
  server.on('request', (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const role = keyring.open ? 'admin' : keyring.roleOf(request.headers.authorization);
    const call: Call = { id: randomUUID(), role: role ?? 'read', operation: 'other', errors: [] };
    response.setHeader('x-request-id', call.id);
    observe(call, path, response);
    route(request, response, path, call, role !== undefined).catch((error) => {
      log.error({ requestId: call.id, error: error instanceof Error ? error.stack : String(error) }, 'request failed');
      response.destroy();
    });
  });
  const base = await listen(server, host, options.port);
  return {
    url: `${base}/graphql`,
    close: async (graceMs = 2000) => {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
      metrics.close();
      await api.dispose();
    },
  };
};
