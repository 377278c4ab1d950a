import { defineGraphQL, type RecommendService } from 'recograph';
import type { Builder } from './builder.ts';
import { type Catalogue, type ItemNode, itemNode, type UserNode } from './types/catalogue.ts';
import type { Recommendation } from './types/recommendation.ts';

/** Types of the API for fields of an extension: `t.field({ type: types.Item, resolve: () => types.item('318') })`. */
export interface ApiTypes {
  readonly Item: Catalogue['item'];
  readonly User: Catalogue['user'];
  readonly Event: Catalogue['event'];
  readonly RecommendationConnection: Recommendation['connection'];
  readonly RecommendationEdge: Recommendation['edge'];
  /**
   * What a field of type `Item` resolves to: an id; title and the like are read when they are asked for, all at once.
   */
  item(id: string): ItemNode;
  /** The same for `User`. */
  user(id: string): UserNode;
}

/**
 * Adds to the schema while it is built: root fields by `builder.queryField` and the like, fields of `types.Item` and the
 * like by `builder.objectField`. `service` is undefined while only the SDL is printed: use it in resolvers, not before.
 * A root field asks for the role read, one of a mutation for admin, unless it says `extensions: { role: 'write' }`.
 * Runs on the HTTP thread and is trusted code.
 */
export type ExtendSchema = (builder: Builder, service: RecommendService | undefined, types: ApiTypes) => void;

/** A component that adds types and fields to the API. List its plugin in the config's `plugins`. */
export const defineGraphQLExtension = <const T extends string>(type: T, extend: ExtendSchema) =>
  defineGraphQL({ type, create: () => ({ extend }) });

export const apiTypes = ({ item, user, event }: Catalogue, { edge, connection }: Recommendation): ApiTypes => ({
  Item: item,
  User: user,
  Event: event,
  RecommendationConnection: connection,
  RecommendationEdge: edge,
  item: (id) => itemNode(id),
  user: (id) => ({ __typename: 'User', userId: id }),
});
