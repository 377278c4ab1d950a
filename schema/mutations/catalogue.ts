import type { Builder } from '../builder.ts';
import { type Failure, type Failures, orFailure } from '../failures.ts';
import { toFields } from '../inputs.ts';
import { WRITE } from '../roles.ts';
import { checkWrites, MAX_WRITES } from './events.ts';

interface Written {
  readonly __typename: 'UpsertPayload' | 'DeletePayload';
  readonly count: number;
}

export const addCatalogueMutations = (builder: Builder, failures: Failures) => {
  const item = builder.inputType('ItemInput', {
    description: 'An item as it is from now on: what is left out is empty.',
    fields: (t) => ({
      id: t.id({ required: true, description: "The host's own id." }),
      title: t.string({ description: 'Text that people read, and content models too.' }),
      categories: t.stringList({ description: 'Genres, tags, departments.' }),
      available: t.boolean({ defaultValue: true, description: 'Only available items are recommended.' }),
      image: t.string({ description: 'Path or URL.' }),
      attributes: t.field({ type: 'JSON', description: 'Numbers, strings, lists of strings, vectors.' }),
    }),
  });
  const user = builder.inputType('UserInput', {
    description: 'A user as they are from now on.',
    fields: (t) => ({
      id: t.id({ required: true, description: "The host's own id." }),
      attributes: t.field({ type: 'JSON', description: 'Numbers, strings, lists of strings.' }),
    }),
  });
  const upserted = builder.objectRef<Written>('UpsertPayload').implement({
    description: 'What was stored.',
    fields: (t) => ({ upserted: t.exposeInt('count', { description: 'How many.' }) }),
  });
  const deleted = builder.objectRef<Written>('DeletePayload').implement({
    description: 'What was deleted.',
    fields: (t) => ({ deleted: t.exposeInt('count', { description: 'How many there were.' }) }),
  });
  const resolveType = (value: unknown) => (value as Written | Failure).__typename as never;
  const upsertResult = builder.unionType('UpsertResult', {
    description: 'What was stored, or why nothing was.',
    types: [upserted, failures.InvalidArgument],
    resolveType,
  });
  const deleteResult = builder.unionType('DeleteResult', {
    description: 'What was deleted, or why nothing was.',
    types: [deleted, failures.InvalidArgument],
    resolveType,
  });

  builder.mutationFields((t) => ({
    upsertItems: t.field({
      type: upsertResult,
      extensions: WRITE,
      description: `Adds or replaces items; a new one with text can be recommended at once. At most ${MAX_WRITES}.`,
      args: { items: t.arg({ type: [item], required: true, description: 'The items.' }) },
      resolve: (_, { items }, { recommender }): Promise<Written | Failure> =>
        orFailure(async () => {
          checkWrites(items.length, 'items');
          const count = await recommender.service.upsertItems(
            items.map(({ id, title, categories, available, image, attributes }, k) => ({
              id,
              title: title ?? null,
              categories: categories ?? [],
              available: available ?? true,
              image: image ?? null,
              attributes: toFields(attributes, `items[${k}].attributes`),
            })),
          );
          return { __typename: 'UpsertPayload', count };
        }),
    }),
    upsertUsers: t.field({
      type: upsertResult,
      extensions: WRITE,
      description: `Adds or replaces users. At most ${MAX_WRITES}.`,
      args: { users: t.arg({ type: [user], required: true, description: 'The users.' }) },
      resolve: (_, { users }, { recommender }): Promise<Written | Failure> =>
        orFailure(async () => {
          checkWrites(users.length, 'users');
          const records = users.map(({ id, attributes }, k) => ({
            id,
            attributes: toFields(attributes, `users[${k}].attributes`),
          }));
          return { __typename: 'UpsertPayload', count: await recommender.service.upsertUsers(records) };
        }),
    }),
    deleteItems: t.field({
      type: deleteResult,
      extensions: WRITE,
      description: 'Takes items out of the catalogue; they are no longer recommended. Their events stay.',
      args: { itemIds: t.arg.idList({ required: true, description: "The host's own item ids." }) },
      resolve: (_, { itemIds }, { recommender }): Promise<Written | Failure> =>
        orFailure(async () => {
          checkWrites(itemIds.length, 'itemIds');
          return { __typename: 'DeletePayload', count: await recommender.service.deleteItems(itemIds) };
        }),
    }),
  }));
};
