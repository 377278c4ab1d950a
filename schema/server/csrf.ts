import { createGraphQLError, type Plugin } from 'graphql-yoga';

/** What a form or a link of another site can send without a preflight. */
const SIMPLE = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/i;
/** A header of this name cannot be sent by another site's page: there is no CORS here. */
const PROOFS = ['x-csrf-token', 'x-requested-with', 'apollo-require-preflight'];

/**
 * Refuses what another site's page could make a visitor's browser send: forms, and requests that the browser itself
 * marks as cross-site. A GET from elsewhere changes nothing (mutations are refused there) and cannot be read.
 */
export const useCsrfPrevention = (): Plugin => ({
  onRequestParse: ({ request: { method, headers } }) => {
    if (PROOFS.some((name) => headers.has(name))) return;
    const site = headers.get('sec-fetch-site');
    const foreign = site === 'cross-site' || site === 'same-site';
    if (!foreign && (method === 'GET' || !SIMPLE.test(headers.get('content-type') ?? 'text/plain'))) return;
    throw createGraphQLError(
      `Send a JSON body, or a header such as ${PROOFS[0]}: this may be another site's request.`,
      {
        extensions: { code: 'CSRF_REFUSED', http: { status: 403 } },
      },
    );
  },
});
