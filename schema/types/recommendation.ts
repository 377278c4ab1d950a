import type { ItemRecord, ScoredList, Slate, SlateItem } from 'recograph';
import { type Builder, ONCE } from '../builder.ts';
import { sealCursor } from '../cursor.ts';
import type { Failure, Failures } from '../failures.ts';
import { clientMessage } from '../server/errors.ts';
import { type Catalogue, itemNode } from './catalogue.ts';
import type { Operations } from './operations.ts';

/** Of a page's items in their order, read with one query; undefined = gone meanwhile. */
type Records = readonly (ItemRecord | undefined)[];

/** A page of a slate: items `from` to `from + first` of it. */
export interface Page {
  readonly __typename: 'RecommendationConnection';
  readonly slate: Slate;
  readonly from: number;
  readonly items: readonly SlateItem[];
  readonly records: Records;
}
export interface ListAnswer extends ScoredList {
  readonly __typename: 'ItemList';
  readonly records: Records;
}

export const CURSOR_KIND = 'slate';
export const cursorOf = (slate: Slate, rank: number): string =>
  sealCursor(CURSOR_KIND, JSON.stringify([slate.recommendationId, rank]));

export const addRecommendation = (
  builder: Builder,
  { item, pageInfo }: Catalogue,
  { bundle }: Operations,
  failures: Failures,
) => {
  const servedBy = builder.enumType('ServedBy', {
    description: 'Who answered.',
    values: {
      PIPELINE: { description: 'The whole funnel, for a user it was trained on.' },
      FOLD_IN: { description: 'The funnel, for a user it was not trained on, from what they did since.' },
      FALLBACK: { description: 'The fallback list: nothing is known of the user, or the funnel failed.' },
    } as const,
  });
  const stageFailure = builder.objectRef<Slate['degraded'][number]>('StageFailure').implement({
    description: 'A stage that failed, was skipped or came too late; the answer was made without it.',
    fields: (t) => ({
      stage: t.exposeString('stage', { description: 'Which one.' }),
      code: t.exposeString('code', { description: 'A name for programs.' }),
      message: t.string({
        description: "What went wrong; of a plugin's own failure only its code, the rest is in the server's log.",
        resolve: ({ code, message }, _, { call }) => clientMessage(code, message, call.role),
      }),
    }),
  });
  const edge = builder.objectRef<{ page: Page; place: number; entry: SlateItem }>('RecommendationEdge').implement({
    description: 'One recommended item.',
    fields: (t) => ({
      cursor: t.string({
        description: 'Pass it as `after` to go on behind this item.',
        resolve: ({ page, entry }) => cursorOf(page.slate, entry.rank),
      }),
      node: t.field({
        type: item,
        description: 'The item.',
        resolve: ({ page, place, entry }) => itemNode(entry.id, page.records[place]),
      }),
      rank: t.int({
        description: 'From 1, over all pages. One is left out where its item has gone.',
        resolve: ({ entry }) => entry.rank,
      }),
      score: t.float({
        description: 'By whatever ranked last; comparable inside this answer alone.',
        resolve: ({ entry }) => entry.score,
      }),
      sources: t.stringList({
        description: 'The candidate sources that named it.',
        resolve: ({ entry }) => [...entry.sources],
      }),
    }),
  });
  const connection = builder.objectRef<Page>('RecommendationConnection').implement({
    description:
      'A page of a frozen slate: later pages neither repeat nor skip, also after a retrain. What leaves the catalogue leaves them at once.',
    fields: (t) => ({
      recommendationId: t.id({
        description: 'Send it back with the events that follow, so that the slate can be judged.',
        resolve: ({ slate }) => slate.recommendationId,
      }),
      pipeline: t.string({ description: 'The one that answered.', resolve: ({ slate }) => slate.pipeline }),
      bundle: t.field({
        type: bundle,
        description: 'The one that answered.',
        resolve: ({ slate }) => ({ __typename: 'Bundle' as const, bundleId: slate.bundle }),
      }),
      servedBy: t.field({
        type: servedBy,
        description: 'How much of the funnel answered.',
        resolve: ({ slate }) => slate.servedBy,
      }),
      degraded: t.field({
        type: [stageFailure],
        description: 'What failed; empty when all went well.',
        complexity: ONCE,
        resolve: ({ slate }) => [...slate.degraded],
      }),
      edges: t.field({
        type: [edge],
        description: 'The items, best first.',
        complexity: ONCE,
        resolve: (page) => page.items.map((entry, place) => ({ page, place, entry })),
      }),
      pageInfo: t.field({
        type: pageInfo,
        description: 'Where the page stands in its slate.',
        resolve: ({ slate, from, items }) => ({
          hasNextPage: from + items.length < slate.items.length,
          hasPreviousPage: from > 0,
          startCursor: items.length > 0 ? cursorOf(slate, items[0]!.rank) : null,
          endCursor: items.length > 0 ? cursorOf(slate, items.at(-1)!.rank) : null,
        }),
      }),
    }),
  });

  const listEdge = builder
    .objectRef<ScoredList['items'][number] & { record: ItemRecord | undefined }>('ItemListEdge')
    .implement({
      description: 'One item of a list.',
      fields: (t) => ({
        node: t.field({ type: item, description: 'The item.', resolve: ({ id, record }) => itemNode(id, record) }),
        rank: t.exposeInt('rank', { description: 'From 1.' }),
        score: t.exposeFloat('score', { description: 'By the model; of `popular`, how many users.' }),
      }),
    });
  const list = builder.objectRef<ListAnswer>('ItemList').implement({
    description: 'Items, best first.',
    fields: (t) => ({
      bundle: t.field({
        type: bundle,
        description: 'The one that answered.',
        resolve: (of) => ({ __typename: 'Bundle' as const, bundleId: of.bundle }),
      }),
      model: t.exposeString('model', {
        description: 'The model or feature that scored them; fallback where none answered in time.',
      }),
      edges: t.field({
        type: [listEdge],
        description: 'The items, best first.',
        complexity: ONCE,
        resolve: ({ items, records }) => items.map((entry, place) => ({ ...entry, record: records[place] })),
      }),
    }),
  });
  const typeOf = (value: { __typename: string }) => value.__typename as never;
  const recommendResult = builder.unionType('RecommendResult', {
    description: 'A page of recommendations, or why there is none.',
    types: [
      connection,
      failures.UnknownPipeline,
      failures.InvalidArgument,
      failures.CursorExpired,
      failures.NoActiveBundle,
    ],
    resolveType: (value) => typeOf(value as Page | Failure),
  });
  const listResult = builder.unionType('ListResult', {
    description: 'A list of items, or why there is none.',
    types: [list, failures.UnknownItem, failures.InvalidArgument, failures.NoActiveBundle],
    resolveType: (value) => typeOf(value as ListAnswer | Failure),
  });
  return { edge, connection, recommendResult, listResult };
};
export type Recommendation = ReturnType<typeof addRecommendation>;
