import type { ItemFilter, Recommender, ScoredList } from 'recograph';
import { checkId } from '../bounds.ts';
import type { Builder } from '../builder.ts';
import { checkFirst, type Failure, orFailure } from '../failures.ts';
import { filterCost, type Inputs, toFilter } from '../inputs.ts';
import type { Suggest } from '../suggest.ts';
import type { Catalogue } from '../types/catalogue.ts';
import type { ListAnswer, Recommendation } from '../types/recommendation.ts';

/** What a window adds to the cost of a query: its count reads all events. */
const WINDOW_COST = 1400;

export const addLists = (builder: Builder, { filter }: Inputs, { listResult }: Recommendation, { item }: Catalogue) => {
  builder.queryField('similarItems', (t) =>
    t.field({
      type: listResult,
      nullable: true,
      description: 'Items most like one item.',
      complexity: ({ first, filter: of }) => ({ field: 5 + filterCost(of), multiplier: first ?? 10 }),
      args: {
        item: t.arg.id({ required: true, description: "The host's own item id." }),
        first: t.arg.int({ required: true, defaultValue: 10, description: '1 to 100.' }),
        filter: t.arg({ type: filter, description: 'Only such items.' }),
      },
      resolve: (_, args, { recommender, suggest }) =>
        orFailure(async () =>
          similar(recommender, suggest, args.item, args.first, args.filter ? toFilter(args.filter) : undefined),
        ),
    }),
  );
  builder.objectField(item, 'similar', (t) =>
    t.field({
      type: listResult,
      nullable: true,
      description: 'Items most like this one.',
      complexity: ({ first }) => ({ field: 5, multiplier: first ?? 10 }),
      args: { first: t.arg.int({ required: true, defaultValue: 10, description: '1 to 100.' }) },
      resolve: ({ itemId }, { first }, { recommender, suggest }) =>
        similar(recommender, suggest, itemId, first, undefined),
    }),
  );
  builder.queryField('popular', (t) =>
    t.field({
      type: listResult,
      nullable: true,
      description: 'What most people chose, of late or ever.',
      complexity: ({ first, filter: of, window }) => ({
        field: 5 + filterCost(of) + (typeof window === 'number' ? WINDOW_COST : 0),
        multiplier: first ?? 10,
      }),
      args: {
        window: t.arg({ type: 'Duration', description: 'Only events of the last `7d`, say.' }),
        first: t.arg.int({ required: true, defaultValue: 10, description: '1 to 100.' }),
        filter: t.arg({ type: filter, description: 'Only such items.' }),
      },
      resolve: (_, args, { recommender }): Promise<ListAnswer | Failure> =>
        orFailure(async () => {
          checkFirst(args.first);
          const list = await recommender.service.popular({
            n: args.first,
            ...(typeof args.window === 'number' ? { windowMs: args.window } : {}),
            ...(args.filter ? { filter: toFilter(args.filter) } : {}),
          });
          return listAnswer(recommender, list);
        }),
    }),
  );
};

const similar = async (
  recommender: Recommender,
  suggest: Suggest,
  item: string,
  first: number,
  filter: ItemFilter | undefined,
): Promise<ListAnswer | Failure> => {
  const answer = await orFailure(async () => {
    checkFirst(first);
    checkId(item, 'item');
    const list = await recommender.service.similar({ item, n: first, ...(filter ? { filter } : {}) });
    return listAnswer(recommender, list);
  });
  if (answer.__typename !== 'UnknownItem') return answer;
  return { ...answer, suggestion: await suggest(item) };
};

const listAnswer = async (recommender: Recommender, list: ScoredList): Promise<ListAnswer> => {
  const records = await recommender.items(list.items.map(({ id }) => id));
  return { __typename: 'ItemList', ...list, records };
};
