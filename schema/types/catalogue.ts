import type { History, ItemRecord, UserRecord } from 'recograph';
import type { Builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { toGlobalId } from '../global-id.ts';

/** An item by its id; its record is loaded when a field needs it, with all others of the request in one query. */
export interface ItemNode {
  readonly __typename: 'Item';
  readonly itemId: string;
  readonly record?: ItemRecord;
}
export interface UserNode {
  readonly __typename: 'User';
  readonly userId: string;
  readonly record?: UserRecord;
}
export interface BundleNode {
  readonly __typename: 'Bundle';
  readonly bundleId: string;
}
export type AnyNode = ItemNode | UserNode | BundleNode;

export const itemNode = (itemId: string, record?: ItemRecord): ItemNode =>
  record ? { __typename: 'Item', itemId, record } : { __typename: 'Item', itemId };

export const idOf = (node: AnyNode): string => {
  switch (node.__typename) {
    case 'Item':
      return toGlobalId('Item', node.itemId);
    case 'User':
      return toGlobalId('User', node.userId);
    case 'Bundle':
      return toGlobalId('Bundle', node.bundleId);
  }
};

export const addCatalogue = (builder: Builder) => {
  const node = builder.interfaceRef<AnyNode>('Node').implement({
    resolveType: (value) => value.__typename,
    description: 'Anything with a global id.',
    fields: (t) => ({ id: t.id({ description: 'Global id, for caches and `node`.', resolve: idOf }) }),
  });

  const item = builder.objectRef<ItemNode>('Item').implement({
    description: 'Something that can be recommended.',
    interfaces: [node],
    fields: (t) => {
      /** At once where the page has read its records; a list of promises takes several times as long. */
      const from = <T>(
        of: ItemNode,
        { items }: Context,
        read: (record: ItemRecord | undefined) => T,
      ): T | Promise<T> => (of.record ? read(of.record) : items.load(of.itemId).then(read));
      return {
        itemId: t.exposeID('itemId', { description: "The host's own id." }),
        title: t.string({
          nullable: true,
          description: 'Text that people read.',
          resolve: (of, _, context) => from(of, context, (record) => record?.title ?? null),
        }),
        categories: t.stringList({
          description: 'Genres, tags, departments.',
          resolve: (of, _, context) => from(of, context, (record) => [...(record?.categories ?? [])]),
        }),
        available: t.boolean({
          description: 'Only available items are recommended.',
          resolve: (of, _, context) =>
            from(of, context, (record) => record !== undefined && record.available !== false),
        }),
        attributes: t.field({
          type: 'JSON',
          nullable: true,
          description: 'Everything else the host said about it.',
          resolve: (of, _, context) => from(of, context, (record) => record?.attributes ?? null),
        }),
      };
    },
  });

  const event = builder.objectRef<History[number]>('Event').implement({
    description: 'Something a user did.',
    fields: (t) => ({
      item: t.field({ type: item, description: 'On what.', resolve: ({ item: id }) => itemNode(id) }),
      type: t.exposeString('type', { description: 'click, purchase, rating, ...' }),
      value: t.exposeFloat('value', { nullable: true, description: 'A rating, a number of minutes, ...' }),
      time: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'null where the source named none.',
        resolve: ({ time }) => (Number.isNaN(time) ? null : new Date(time)),
      }),
    }),
  });

  const user = builder.objectRef<UserNode>('User').implement({
    description: 'Somebody to recommend to.',
    interfaces: [node],
    fields: (t) => ({
      userId: t.exposeID('userId', { description: "The host's own id." }),
      attributes: t.field({
        type: 'JSON',
        nullable: true,
        description: 'What the host said about them.',
        resolve: async (of, _, { users }) => (of.record ?? (await users.load(of.userId)))?.attributes ?? null,
      }),
    }),
  });

  const pageInfo = builder
    .objectRef<{
      hasNextPage: boolean;
      hasPreviousPage: boolean;
      startCursor: string | null;
      endCursor: string | null;
    }>('PageInfo')
    .implement({
      description: 'Where a page stands in its list.',
      fields: (t) => ({
        hasNextPage: t.exposeBoolean('hasNextPage', { description: 'More comes behind `endCursor`.' }),
        hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'Something stood before this page.' }),
        startCursor: t.exposeString('startCursor', { nullable: true, description: 'Of the first edge.' }),
        endCursor: t.exposeString('endCursor', {
          nullable: true,
          description: 'Of the last edge: pass it as `after`.',
        }),
      }),
    });
  return { node, item, user, event, pageInfo };
};
export type Catalogue = ReturnType<typeof addCatalogue>;
