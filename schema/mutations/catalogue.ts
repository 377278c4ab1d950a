import { RecographError } from 'recograph';
import type { Builder } from '../builder.ts';
import { InvalidTime, timeMessage } from '../date-time.ts';
import { type Failure, type Failures, orFailure } from '../failures.ts';
import { toFields } from '../inputs.ts';
import { WRITE } from '../roles.ts';
import { checkWrites, MAX_WRITES } from './events.ts';

interface Written {
  readonly __typename: 'UpsertPayload' | 'DeletePayload';
  readonly count: number;
}

const msOf = (time: Date, argument: string): number => {
  if (!(time instanceof InvalidTime)) return time.getTime();
  throw new RecographError('INVALID_ARGUMENT', `${argument}: ${timeMessage(time)}.`, { at: argument });
};

export const addCatalogueMutations = (builder: Builder, failures: Failures) => {
  const item = builder.inputType('ItemInput', {
    description: 'What is new of an item: a field that is left out stays as it is, null empties it.',
    fields: (t) => ({
      id: t.id({ required: true, description: "The host's own id." }),
      title: t.string({ description: 'Text that people read, and content models too.' }),
      categories: t.stringList({ description: 'Genres, tags, departments.' }),
      available: t.boolean({
        description: 'Only available items are recommended. A new item is, unless it says false.',
      }),
      image: t.string({ description: 'Path or URL.' }),
      attributes: t.field({
        type: 'JSON',
        description: 'Numbers, strings, lists of strings, vectors. Given, they replace all attributes.',
      }),
    }),
  });
  const user = builder.inputType('UserInput', {
    description: 'What is new of a user: attributes that are left out stay as they are.',
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
      description: `Adds or changes items; a new one with text can be recommended at once. At most ${MAX_WRITES}.`,
      args: { items: t.arg({ type: [item], required: true, description: 'The items.' }) },
      resolve: (_, { items }, { recommender }): Promise<Written | Failure> =>
        orFailure(async () => {
          checkWrites(items.length, 'items');
          const count = await recommender.service.upsertItems(
            items.map(({ id, title, categories, available, image, attributes }, k) => ({
              id,
              ...(title === undefined ? {} : { title }),
              ...(categories === undefined ? {} : { categories: categories ?? [] }),
              ...(available === undefined ? {} : { available: available ?? true }),
              ...(image === undefined ? {} : { image }),
              ...(attributes === undefined ? {} : { attributes: toFields(attributes, `items[${k}].attributes`) }),
            })),
          );
          return { __typename: 'UpsertPayload', count };
        }),
    }),
    upsertUsers: t.field({
      type: upsertResult,
      extensions: WRITE,
      description: `Adds or changes users. At most ${MAX_WRITES}.`,
      args: { users: t.arg({ type: [user], required: true, description: 'The users.' }) },
      resolve: (_, { users }, { recommender }): Promise<Written | Failure> =>
        orFailure(async () => {
          checkWrites(users.length, 'users');
          const records = users.map(({ id, attributes }, k) => ({
            id,
            ...(attributes === undefined ? {} : { attributes: toFields(attributes, `users[${k}].attributes`) }),
          }));
          return { __typename: 'UpsertPayload', count: await recommender.service.upsertUsers(records) };
        }),
    }),
    deleteEvents: t.field({
      type: deleteResult,
      description:
        'Deletes events that meet all that is said. Histories forget them at once, models at the next training.',
      args: {
        user: t.arg.id({ description: 'Of this user.' }),
        item: t.arg.id({ description: 'On this item.' }),
        type: t.arg.string({ description: 'Of this type.' }),
        from: t.arg({ type: 'DateTime', description: 'Not before this time.' }),
        to: t.arg({ type: 'DateTime', description: 'Before this time.' }),
        dryRun: t.arg.boolean({ required: true, defaultValue: false, description: 'Only count them.' }),
      },
      resolve: (_, { user, item, type, from, to, dryRun }, { recommender }): Promise<Written | Failure> =>
        orFailure(async () => {
          const selection = {
            ...(typeof user === 'string' ? { user } : {}),
            ...(typeof item === 'string' ? { item } : {}),
            ...(typeof type === 'string' ? { type } : {}),
            ...(from ? { from: msOf(from, 'from') } : {}),
            ...(to ? { to: msOf(to, 'to') } : {}),
          };
          return { __typename: 'DeletePayload', count: await recommender.deleteEvents(selection, { dryRun }) };
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
