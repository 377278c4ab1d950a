import { definePlugin } from 'recograph';
import { defineGraphQLExtension } from 'recograph/schema';

/** GraphQL fields, as another package adds them: on the root, on a user, on an edge. */
export default definePlugin({
  name: 'consumer-fields',
  apiVersion: 1,
  components: [
    defineGraphQLExtension('top-pick', (builder, service, types) => {
      builder.queryField('cheapest', (t) =>
        t.field({
          type: types.Item,
          args: { id: t.arg.id({ required: true }) },
          resolve: (_, { id }) => {
            const text: string = id;
            return types.item(text);
          },
        }),
      );
      builder.objectField(types.User, 'topPick', (t) =>
        t.field({
          type: types.Item,
          nullable: true,
          resolve: async ({ userId }) => {
            const { items } = await service!.recommend({ target: { user: userId }, n: 1 });
            return items[0] ? types.item(items[0].id) : null;
          },
        }),
      );
      builder.objectField(types.RecommendationEdge, 'percent', (t) =>
        t.float({ resolve: ({ entry }) => entry.score * 100 }),
      );
      // @ts-expect-error A field that is no field of an item: the builder's types are known here.
      builder.objectField(types.Item, 'wrong', (t) => t.int({ resolve: ({ noSuchField }) => noSuchField }));
    }),
  ],
});
