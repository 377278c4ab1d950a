import { GraphQLError } from 'graphql';
import { RecographError } from 'recograph';

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

/** What a client sees of an error: its own mistakes in full, ours as "Internal error" with the request id. */
export const maskError = (error: unknown, requestId: string, onMasked: (error: unknown) => void): GraphQLError => {
  const original = error instanceof GraphQLError ? error.originalError : error;
  const place = error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {};
  if (original instanceof RecographError && FOR_CLIENTS.has(original.code)) {
    const at = original.at === undefined ? {} : { at: original.at };
    return new GraphQLError(original.message, { ...place, extensions: { code: original.code, ...at } } as object);
  }
  if (error instanceof GraphQLError && (!original || original instanceof GraphQLError)) return error;
  onMasked(original);
  return new GraphQLError(`Internal error. Quote request ${requestId} when you report it.`, {
    ...place,
    extensions: { code: 'INTERNAL', requestId },
  } as object);
};
