import { EnvelopArmor } from '@escape.tech/graphql-armor';

/** The greatest request body, bytes. */
export const MAX_BODY_BYTES = 1_000_000;

/** Limits on a document's shape, each checked before anything of it runs. Introspection has a cost of its own, none here. */
export const documentLimits = () =>
  new EnvelopArmor({
    maxAliases: { n: 15, allowList: [] },
    maxDirectives: { n: 5 },
    maxDepth: { n: 12, flattenFragments: true },
    maxTokens: { n: 2000 },
    costLimit: { maxCost: 20_000, ignoreIntrospection: true },
    blockFieldSuggestion: { enabled: false },
  }).protect().plugins;
