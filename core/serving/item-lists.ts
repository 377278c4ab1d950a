import { type FeedbackRules, inBitmap } from '../data/index.ts';
import { intersect } from '../pipeline/limits.ts';
import { type Bitmap, type Clock, type ItemFilter, RecographError, type Store } from '../spi/index.ts';
import type { ActiveBundles } from './active-bundles.ts';
import type { Backend, SimilarAnswer } from './backend.ts';
import type { CatalogueLog } from './catalogue-log.ts';
import { checkCount } from './checks.ts';
import { type FallbackLimits, fallbackItems } from './fallback-list.ts';
import type { Figures } from './figures.ts';
import type { BundleFront, FrontView } from './front.ts';
import { createItemPages, type ItemPage } from './item-pages.ts';
import { createPopular } from './popular.ts';
import type { ScoredList } from './slate.ts';
import type { Turns } from './turns.ts';

/** Lists that are about items and not about anybody. */
export interface ItemLists {
  /** Throws UNKNOWN_ITEM too. Where no model answers in time, the default pipeline's fallback list: `model` is "fallback". */
  similar(request: { item: string; n: number; filter?: ItemFilter }): Promise<ScoredList>;
  /**
   * What most users had positive events on, by the config's `data.feedback`, ever or in the last `windowMs`; counted at
   * most once a minute. Where the count is not there in time, the default pipeline's fallback list: `model` is
   * "fallback".
   */
  popular(request: { n: number; windowMs?: number; filter?: ItemFilter }): Promise<ScoredList>;
  /** The catalogue in the order of ids, page by page. */
  list(page: { first: number; after?: string; filter?: ItemFilter }): Promise<ItemPage>;
}

interface ItemListsParts {
  readonly store: Store;
  readonly backend: Backend;
  readonly bundles: ActiveBundles;
  readonly figures: Figures;
  readonly clock: Clock;
  readonly feed: CatalogueLog;
  readonly feedback: FeedbackRules;
  readonly deadlineMs: number;
  readonly turns: Turns;
}

export const createItemLists = (parts: ItemListsParts): ItemLists => {
  const { store, backend, bundles, figures, clock, feed, feedback, deadlineMs, turns } = parts;
  const counted = createPopular(store, clock, feedback);
  /** Afterwards `view.matching` has the answer at hand, unless the catalogue changes meanwhile. */
  const prepare = async (view: FrontView, filter: ItemFilter | undefined): Promise<void> => {
    if (filter) await turns.run(view.matching.steps(filter));
  };
  return {
    list: createItemPages(feed, turns),
    similar: ({ item, n, filter }) =>
      bundles.use(undefined, async ({ bundle, view: viewNow }) => {
        checkCount(n);
        await prepare(viewNow(), filter);
        const view = viewNow();
        const index = view.space.itemIndex(item);
        if (index < 0) throw new RecographError('UNKNOWN_ITEM', `There is no item "${item}".`, { at: 'item' });
        const { id } = bundle.manifest;
        const asked = { bundle: id, view, item: index, n, allow: allowOf(view, filter) };
        const answer = await within(backend.similar(asked), deadlineMs).catch((error): SimilarAnswer => {
          if (error instanceof RecographError && error.code === 'INVALID_ARGUMENT') throw error;
          figures.fallback(error instanceof RecographError ? error.code : 'INTERNAL');
          return fallback(bundle, view, { n, filter, excludeItems: [item] });
        });
        return scoredList(bundle, view, answer);
      }),
    popular: ({ n, windowMs, filter }) =>
      bundles.use(undefined, async ({ bundle, view: viewNow }) => {
        checkCount(n);
        const found = await within(counted(windowMs), deadlineMs).catch((error) => {
          if (error instanceof RecographError && error.code === 'DEADLINE_EXCEEDED') return undefined;
          throw error;
        });
        await prepare(viewNow(), filter);
        const view = viewNow();
        if (!found) {
          figures.fallback('DEADLINE_EXCEEDED');
          return scoredList(bundle, view, fallback(bundle, view, { n, filter, excludeItems: [] }));
        }
        const allow = intersect(view.available, allowOf(view, filter));
        const items: ScoredList['items'][number][] = [];
        for (const { id, users } of found) {
          if (items.length === n) break;
          const index = view.space.itemIndex(id);
          if (index >= 0 && (!allow || inBitmap(allow, index)))
            items.push({ id, rank: items.length + 1, score: users });
        }
        return { bundle: bundle.manifest.id, model: 'popular', items };
      }),
  };
};

/** The default pipeline's fallback list. */
const fallback = (bundle: BundleFront, view: FrontView, limits: Omit<FallbackLimits, 'seen'>): SimilarAnswer => {
  const items = Int32Array.from(fallbackItems(bundle, view, bundle.pipelines[0] ?? '', { ...limits, seen: [] }));
  return { model: 'fallback', list: { items, scores: Float32Array.from(items, (_, k) => -k) } };
};

const scoredList = (bundle: BundleFront, view: FrontView, { model, list }: SimilarAnswer): ScoredList => ({
  bundle: bundle.manifest.id,
  model,
  items: Array.from(list.items, (item, k) => ({ id: view.itemId(item), rank: k + 1, score: list.scores[k]! })),
});

const allowOf = (view: FrontView, filter: ItemFilter | undefined): Bitmap | undefined =>
  filter && view.matching(filter);

/** Throws DEADLINE_EXCEEDED. */
const within = <T>(answer: Promise<T>, deadlineMs: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new RecographError('DEADLINE_EXCEEDED', `There was no answer after ${deadlineMs} ms.`));
    }, deadlineMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
