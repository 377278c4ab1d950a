import { defaultFieldResolver, type GraphQLFieldConfig, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { RecographError } from 'recograph';
import type { Context, Role } from './context.ts';

const RANK: Readonly<Record<Role, number>> = { read: 0, write: 1, admin: 2 };

/** The extension of a mutation that events and catalogue keys may call: `t.field({ extensions: WRITE, ... })`. */
export const WRITE = { role: 'write' } as const;

/**
 * Makes every root field ask for its role before it runs: `extensions.role`, else read for queries and subscriptions
 * and admin for mutations, so that what an extension adds is never open by oversight.
 */
export const guardRoles = (schema: GraphQLSchema): GraphQLSchema => {
  guard(schema.getQueryType(), 'read');
  guard(schema.getMutationType(), 'admin');
  guard(schema.getSubscriptionType(), 'read');
  return schema;
};

const guard = (type: GraphQLObjectType | null | undefined, otherwise: Role): void => {
  for (const [name, field] of Object.entries(type?.getFields() ?? {})) {
    const needed = (field.extensions.role as Role | undefined) ?? otherwise;
    if (field.subscribe) field.subscribe = behind(needed, name, field.subscribe);
    else field.resolve = behind(needed, name, field.resolve ?? defaultFieldResolver);
  }
};

type Resolve = NonNullable<GraphQLFieldConfig<unknown, unknown>['resolve']>;

const behind =
  (needed: Role, field: string, resolve: Resolve): Resolve =>
  (source, args, context, info) => {
    const { role } = (context as Context).call;
    if (RANK[role] >= RANK[needed]) return resolve(source, args, context, info);
    const message = `${field} needs a key with the role ${needed}; this request's key has ${role}.`;
    throw new RecographError('UNAUTHORIZED', message, { at: field });
  };
