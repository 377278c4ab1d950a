import { defineGraphQL, type RecommendService } from 'recograph';
import type { Builder } from './builder.ts';

/** Adds to the schema while it is built. Runs on the HTTP thread and is trusted code. */
export type ExtendSchema = (builder: Builder, service: RecommendService | undefined) => void;

/**
 * A component that adds types and fields to the API. `service` is undefined while only the SDL is printed: use it in
 * resolvers, not before. List its plugin in the config's `plugins`.
 */
export const defineGraphQLExtension = <const T extends string>(type: T, extend: ExtendSchema) =>
  defineGraphQL({ type, create: () => ({ extend }) });
