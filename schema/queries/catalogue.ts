import { type History, RecographError } from 'recograph';
import { type Builder, ONCE } from '../builder.ts';
import { openCursor, sealCursor } from '../cursor.ts';
import { checkFirst } from '../failures.ts';
import { fromGlobalId } from '../global-id.ts';
import { filterCost, type Inputs, toFilter } from '../inputs.ts';
import { type Catalogue, type ItemNode, itemNode } from '../types/catalogue.ts';

/** How far back `User.history` reaches. */
const HISTORY = 1000;

interface Edges<T> {
  readonly edges: readonly { cursor: string; node: T }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

export const addCatalogueQueries = (
  builder: Builder,
  { filter }: Inputs,
  { node, item, user, event, pageInfo }: Catalogue,
) => {
  const pageInfoOf = ({ edges, hasNextPage, hasPreviousPage }: Edges<unknown>) => ({
    hasNextPage,
    hasPreviousPage,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  });
  const itemEdge = builder.objectRef<Edges<ItemNode>['edges'][number]>('ItemEdge').implement({
    description: 'An item in its place.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Pass it as `after` to go on behind this edge.' }),
      node: t.field({ type: item, description: 'The item.', resolve: (of) => of.node }),
    }),
  });
  const itemConnection = builder.objectRef<Edges<ItemNode>>('ItemConnection').implement({
    description: 'A page of the catalogue, in order of id.',
    fields: (t) => ({
      edges: t.field({
        type: [itemEdge],
        description: 'The items, each with its cursor.',
        complexity: ONCE,
        resolve: ({ edges }) => [...edges],
      }),
      pageInfo: t.field({ type: pageInfo, description: 'Where the page stands.', resolve: pageInfoOf }),
    }),
  });
  const eventEdge = builder.objectRef<Edges<History[number]>['edges'][number]>('EventEdge').implement({
    description: 'An event in its place.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Pass it as `after` to go on behind this edge.' }),
      node: t.field({ type: event, description: 'The event.', resolve: (of) => of.node }),
    }),
  });
  const eventConnection = builder.objectRef<Edges<History[number]>>('EventConnection').implement({
    description: 'A page of events, newest first.',
    fields: (t) => ({
      edges: t.field({
        type: [eventEdge],
        description: 'The events, each with its cursor.',
        complexity: ONCE,
        resolve: ({ edges }) => [...edges],
      }),
      pageInfo: t.field({ type: pageInfo, description: 'Where the page stands.', resolve: pageInfoOf }),
    }),
  });

  builder.queryFields((t) => ({
    node: t.field({
      type: node,
      nullable: true,
      description: 'Anything by its global id.',
      args: { id: t.arg.id({ required: true, description: 'The `id` of an item, a user or a bundle.' }) },
      resolve: async (_, { id }, { recommender, items, users }) => {
        const found = fromGlobalId(id);
        if (found?.type === 'Item') {
          const record = await items.load(found.id);
          return record ? itemNode(found.id, record) : null;
        }
        if (found?.type === 'User') {
          const record = await users.load(found.id);
          return record ? { __typename: 'User' as const, userId: found.id, record } : null;
        }
        if (found?.type === 'Bundle') {
          const known = (await recommender.store.bundles()).some((bundle) => bundle.id === found.id);
          return known ? { __typename: 'Bundle' as const, bundleId: found.id } : null;
        }
        return null;
      },
    }),
    item: t.field({
      type: item,
      nullable: true,
      description: "An item by the host's own id.",
      args: { itemId: t.arg.id({ required: true, description: "The host's own id." }) },
      resolve: async (_, { itemId }, { items }) => {
        const record = await items.load(itemId);
        return record ? itemNode(itemId, record) : null;
      },
    }),
    user: t.field({
      type: user,
      nullable: true,
      description: "A user by the host's own id.",
      args: { userId: t.arg.id({ required: true, description: "The host's own id." }) },
      resolve: async (_, { userId }, { users }) => {
        const record = await users.load(userId);
        return record ? { __typename: 'User' as const, userId, record } : null;
      },
    }),
    items: t.field({
      type: itemConnection,
      description: 'The catalogue, page by page.',
      complexity: ({ first, filter: of }) => ({ field: 2 + filterCost(of), multiplier: first ?? 10 }),
      args: {
        first: t.arg.int({ required: true, defaultValue: 10, description: '1 to 100.' }),
        after: t.arg.string({ description: 'The `endCursor` of the page before.' }),
        filter: t.arg({ type: filter, description: 'Only such items.' }),
      },
      resolve: async (_, args, { recommender }) => {
        checkFirst(args.first);
        const after = afterOf('items', args.after);
        const page = await recommender.service.list({
          first: args.first,
          ...(after === undefined ? {} : { after }),
          ...(args.filter ? { filter: toFilter(args.filter) } : {}),
        });
        return {
          edges: page.items.map((record) => ({
            cursor: sealCursor('items', record.id),
            node: itemNode(record.id, record),
          })),
          hasNextPage: page.hasNextPage,
          hasPreviousPage: after !== undefined,
        };
      },
    }),
  }));
  builder.objectField(user, 'history', (t) =>
    t.field({
      type: eventConnection,
      description: `What the user did, newest first; at most the last ${HISTORY} events.`,
      complexity: ({ first }) => ({ field: 2, multiplier: first ?? 10 }),
      args: {
        first: t.arg.int({ required: true, defaultValue: 20, description: '1 to 100.' }),
        after: t.arg.string({ description: 'The `endCursor` of the page before.' }),
      },
      resolve: async ({ userId }, args, { recommender }) => {
        checkFirst(args.first);
        const [history = []] = await recommender.store.histories([userId], HISTORY);
        const newest = history.toReversed();
        const from = Number(afterOf('history', args.after) ?? -1) + 1;
        return {
          edges: newest
            .slice(from, from + args.first)
            .map((of, k) => ({ cursor: sealCursor('history', String(from + k)), node: of })),
          hasNextPage: from + args.first < newest.length,
          hasPreviousPage: from > 0,
        };
      },
    }),
  );
};

const afterOf = (kind: string, cursor: string | null | undefined): string | undefined => {
  if (typeof cursor !== 'string') return undefined;
  const place = openCursor(kind, cursor);
  if (place !== undefined) return place;
  throw new RecographError('INVALID_ARGUMENT', 'after is no cursor of this list. Leave it out to begin anew.', {
    at: 'after',
  });
};
