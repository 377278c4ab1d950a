import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { RecographError } from 'recograph';

export const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
};

export const sendJson = (response: ServerResponse, status: number, body: object): void =>
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));

/** Answers at once with a GraphQL error; what still comes of the body is read and thrown away, so that memory stays flat. */
export const refuse = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): void => {
  request.resume();
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
};

/** Resolves with the server's base URL. Throws INVALID_ARGUMENT where it cannot listen. */
export const listen = (server: Server, host: string, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const message = taken
        ? `Port ${port} of ${host} is taken. Set PORT, or stop what listens there.`
        : `Cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new RecographError('INVALID_ARGUMENT', message, { at: taken ? 'server.port' : 'server.host', cause }));
    });
    server.listen(port, host, () => {
      const bound = server.address() as AddressInfo;
      resolve(`http://${isIP(host) === 6 ? `[${host}]` : host}:${bound.port}`);
    });
  });

/** Whether `Host` and `Origin` name this machine itself: what a page of another name sends here is not meant for us. */
export const namesLoopback = ({ host, origin }: IncomingMessage['headers']): boolean =>
  isLoopbackName(host ?? '') && (origin === undefined || isLoopbackName(origin.replace(/^https?:\/\//, '')));

const isLoopbackName = (authority: string): boolean => {
  const name = authority.replace(/:\d+$/, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost') || name === '[::1]') return true;
  return isIP(name) === 4 && name.startsWith('127.');
};

/** Throws INVALID_ARGUMENT for a host that other machines can reach. */
export const mustBeLocal = (host: string): void => {
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return;
  const message =
    `The server would listen on ${host}, where other machines reach it, and no keys are set. ` +
    'Set RECOGRAPH_ADMIN_KEYS (and RECOGRAPH_READ_KEYS, RECOGRAPH_WRITE_KEYS) or server.keys in the config, ' +
    'or listen on 127.0.0.1.';
  throw new RecographError('INVALID_ARGUMENT', message, { at: 'server.host' });
};
