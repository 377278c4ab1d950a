import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { execute } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Log, Recommender } from 'recograph';
import { buildSchema } from '../build-schema.ts';
import { type Call, type Context, createContext } from '../context.ts';
import { createSuggest } from '../suggest.ts';
import { useCsrfPrevention } from './csrf.ts';
import { maskError } from './errors.ts';
import { documentLimits, MAX_BODY_BYTES } from './limits.ts';
import { useObservation } from './observe.ts';
import { useSafeIds } from './safe-ids.ts';
import { STARTER_QUERY } from './starter-query.ts';

/** The GraphQL endpoint, without the HTTP server around it. */
export const createApi = (recommender: Recommender, log: Log, suggest = createSuggest(recommender.store)) =>
  createYoga<{ call: Call }, Context>({
    schema: buildSchema(recommender.components, recommender.service),
    graphqlEndpoint: '/graphql',
    landingPage: false,
    // Its assets come from the package: an offline machine has GraphiQL too.
    renderGraphiQL,
    graphiql: { title: 'Recograph', defaultQuery: STARTER_QUERY, subscriptionsProtocol: 'SSE' },
    logging: false,
    cors: false,
    multipart: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    context: ({ call }) => createContext(recommender, suggest, call),
    // useObservation masks what execution throws; what comes here failed outside of it.
    maskedErrors: {
      maskError: (error) =>
        maskError(error, undefined, (cause) =>
          log.error({ error: cause instanceof Error ? cause.stack : String(cause) }, 'request failed'),
        ),
    },
    plugins: [useGraphqlExecute(), ...documentLimits(), useCsrfPrevention(), useObservation(log), useSafeIds()],
  });

/** Yoga's own executor copies all variables before it looks at them: half the time of a mutation with a thousand events. */
const useGraphqlExecute = (): Plugin => ({ onExecute: ({ setExecuteFn }) => setExecuteFn(execute) });
