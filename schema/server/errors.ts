import { GraphQLError } from 'graphql';
import { RecographError } from 'recograph';
import type { Role } from '../context.ts';

/** Codes whose message is meant for the client; of everything else it learns the request id alone. */
const FOR_CLIENTS: ReadonlySet<string> = new Set([
  'INVALID_ARGUMENT',
  'UNKNOWN_ITEM',
  'UNKNOWN_USER',
  'UNKNOWN_BUNDLE',
  'UNKNOWN_PIPELINE',
  'NO_ACTIVE_BUNDLE',
  'CURSOR_EXPIRED',
  'CONFLICT',
  'UNAUTHORIZED',
  'DISK_FULL',
]);

/** Codes of our own whose messages hold nothing of plugins, paths or processes. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...FOR_CLIENTS,
  'DEADLINE_EXCEEDED',
  'UNKNOWN_ATTRIBUTE',
  'UNKNOWN_CONTEXT',
  'NO_CANDIDATES',
  'CANCELLED',
]);

/** A failure's message as a client may read it: ours, or anybody's for an admin; else that the log has it. */
export const clientMessage = (code: string, message: string, role: Role): string =>
  role === 'admin' || HARMLESS.has(code) ? message : `It failed (${code}); the server's log says why.`;

/** By name: a host may have loaded graphql twice, as ESM and as CommonJS. */
const isGraphQLError = (error: unknown): error is GraphQLError =>
  error instanceof GraphQLError || (error instanceof Error && error.name === 'GraphQLError');

/** What a client sees of an error: its own mistakes in full, ours as "Internal error" with the request id. */
export const maskError = (
  error: unknown,
  requestId: string | undefined,
  onMasked: (error: unknown) => void,
): GraphQLError => {
  const wrapper = isGraphQLError(error) ? error : undefined;
  const original = wrapper ? wrapper.originalError : error;
  const place = { nodes: wrapper?.nodes ?? null, path: wrapper?.path ?? null };
  if (original instanceof RecographError && FOR_CLIENTS.has(original.code)) {
    const at = original.at === undefined ? {} : { at: original.at };
    return new GraphQLError(original.message, { ...place, extensions: { code: original.code, ...at } });
  }
  if (wrapper && (!original || isGraphQLError(original))) return wrapper;
  onMasked(original);
  const id = requestId === undefined ? "this answer's x-request-id" : `request ${requestId}`;
  return new GraphQLError(`Internal error. Quote ${id} when you report it.`, {
    ...place,
    extensions: { code: 'INTERNAL', ...(requestId === undefined ? {} : { requestId }) },
  });
};
