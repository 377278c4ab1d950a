/** `recograph/schema`: the GraphQL API, its server, and how a plugin extends it. */
export { buildSchema, printSdl } from './build-schema.ts';
export type { Builder, SchemaTypes } from './builder.ts';
export type { Call, Context, Role } from './context.ts';
export { type ApiTypes, defineGraphQLExtension, type ExtendSchema } from './extension.ts';
export { createServer, type RunningServer, type ServerOptions } from './server/create-server.ts';
export { type Key, keysFromEnvironment } from './server/keys.ts';
export { STARTER_QUERY } from './server/starter-query.ts';
