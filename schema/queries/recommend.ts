import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import { RecographError, type Recommender, type RecommendRequest, type Slate } from 'recograph';
import { BOUNDS, checkId, checkJson, checkLength } from '../bounds.ts';
import type { Builder } from '../builder.ts';
import { openCursor } from '../cursor.ts';
import { checkFirst, type Failure, orFailure } from '../failures.ts';
import { filterCost, type Inputs, toFields, toFilter, toTarget } from '../inputs.ts';
import type { Catalogue } from '../types/catalogue.ts';
import { CURSOR_KIND, type Page, type Recommendation } from '../types/recommendation.ts';

/** How many items a slate holds when its client can ask for more pages. */
const SLATE = 200;
const PAGING = new Set(['pageInfo', 'cursor', 'endCursor']);

export const addRecommend = (
  builder: Builder,
  { recommend }: Inputs,
  { recommendResult }: Recommendation,
  catalogue: Catalogue,
) => {
  builder.queryField('recommend', (t) =>
    t.field({
      type: recommendResult,
      nullable: true,
      description: 'Recommendations for a user, a session or anybody.',
      complexity: ({ input, first }) => ({ field: 5 + filterCost(input.filter), multiplier: first ?? 10 }),
      args: {
        input: t.arg({ type: recommend, required: true, description: 'What, and to whom.' }),
        first: t.arg.int({ required: true, defaultValue: 10, description: '1 to 100.' }),
        after: t.arg.string({
          description: 'The `endCursor` of the page before, with the same `input`; a session may have grown since.',
        }),
      },
      resolve: (_, { input, first, after }, { recommender }, info) =>
        orFailure(async () => {
          checkFirst(first);
          checkLength(input.excludeItems, BOUNDS.excludeItems, 'excludeItems');
          for (const [k, id] of (input.excludeItems ?? []).entries()) checkId(id, `excludeItems[${k}]`);
          checkDeadline(input.deadlineMs);
          checkJson(input.context, BOUNDS.contextCharacters, 'context');
          const { context, filter, pipeline, diversity, excludeItems, deadlineMs, bundle } = input;
          const request = {
            target: toTarget(input.target),
            context: toFields(context, 'context'),
            ...(typeof input.excludeSeen === 'boolean' ? { excludeSeen: input.excludeSeen } : {}),
            ...(filter ? { filter: toFilter(filter) } : {}),
            ...(typeof pipeline === 'string' ? { pipeline } : {}),
            ...(typeof diversity === 'number' ? { diversity } : {}),
            ...(excludeItems ? { excludeItems } : {}),
            ...(typeof deadlineMs === 'number' ? { deadlineMs } : {}),
            ...(typeof bundle === 'string' ? { bundle } : {}),
          };
          if (typeof after === 'string') return nextPage(recommender, after, first, request);
          return firstPage(recommender, first, pages(info), request);
        }),
    }),
  );
  builder.objectField(catalogue.user, 'recommendations', (t) =>
    t.field({
      type: recommendResult,
      nullable: true,
      description: 'Recommendations for this user.',
      complexity: ({ first }) => ({ field: 5, multiplier: first ?? 10 }),
      args: {
        first: t.arg.int({ required: true, defaultValue: 10, description: '1 to 100.' }),
        pipeline: t.arg.string({ description: 'Default: the first of the config.' }),
      },
      resolve: ({ userId }, { first, pipeline }, { recommender }, info) =>
        orFailure(async () => {
          checkFirst(first);
          const request = { target: { user: userId }, ...(typeof pipeline === 'string' ? { pipeline } : {}) };
          return firstPage(recommender, first, pages(info), request);
        }),
    }),
  );
};

const checkDeadline = (deadlineMs: number | null | undefined): void => {
  if (typeof deadlineMs !== 'number' || (deadlineMs >= 1 && deadlineMs <= BOUNDS.deadlineMs)) return;
  const message = `deadlineMs is ${deadlineMs}; it must be 1 to ${BOUNDS.deadlineMs}.`;
  throw new RecographError('INVALID_ARGUMENT', message, { at: 'deadlineMs' });
};

type Asked = Omit<RecommendRequest, 'n' | 'paged'>;

const firstPage = async (
  recommender: Recommender,
  first: number,
  paged: boolean,
  request: Asked,
): Promise<Page | Failure> => {
  const slate = await recommender.service.recommend({ ...request, paged, n: paged ? SLATE : first });
  return pageOf(recommender, slate, 0, first);
};

const nextPage = async (recommender: Recommender, after: string, first: number, request: Asked): Promise<Page> => {
  const place = openCursor(CURSOR_KIND, after);
  if (place === undefined) {
    const message = 'after is no cursor of this list. Pass the endCursor of the page before, or leave it out.';
    throw new RecographError('INVALID_ARGUMENT', message, { at: 'after' });
  }
  const [recommendationId, rank] = JSON.parse(place) as [string, number];
  const slate = recommender.service.slate(recommendationId, request);
  if (!slate) {
    throw new RecographError(
      'CURSOR_EXPIRED',
      'The slate behind the cursor is no longer kept; ask again without `after`.',
    );
  }
  return pageOf(recommender, slate, rank, first);
};

/** The first items below `rank`. */
const pageOf = async (recommender: Recommender, slate: Slate, rank: number, first: number): Promise<Page> => {
  const below = slate.items.findIndex((item) => item.rank > rank);
  const from = below < 0 ? slate.items.length : below;
  const items = slate.items.slice(from, from + first);
  const ids = items.map(({ id }) => id);
  const [records] = await Promise.all([recommender.items(ids), recommender.service.shown(slate, items)]);
  return { __typename: 'RecommendationConnection', slate, from, items, records };
};

/** Whether the query selects anything by which its client could ask for another page. */
const pages = ({ fieldNodes, fragments }: GraphQLResolveInfo): boolean => {
  const selects = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selects(fragments[selection.name.value]?.selectionSet);
      if (selection.kind === Kind.FIELD && PAGING.has(selection.name.value)) return true;
      return selects(selection.selectionSet);
    }) ?? false;
  return fieldNodes.some((node) => selects(node.selectionSet));
};
