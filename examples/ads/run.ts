import { createRecommender } from 'recograph';
import { createRng } from 'recograph/math';
import { best, mean, shareOfOptimum } from '../simulator/choice.ts';
import config from './recograph.config.ts';
import { type AdsOptions, type Moment, NOTHING, simulateAds } from './simulator.ts';

export interface AdsReport {
  readonly events: number;
  /** Share of the optimum of the one ad shown: its true probability of a click, divided by the best ad's. */
  readonly recommended: number;
  readonly mostClicked: number;
  readonly random: number;
  /** Predicted and true probability of a click on the ads shown, and the mean distance of the two. */
  readonly predicted: number;
  readonly true: number;
  readonly error: number;
  /** Share of the optimum half a minute after a click: told of it, and not told of it. */
  readonly afterClick: number;
  readonly afterClickUntold: number;
}

/** Ads on each page. */
const N = 1;

export const runAds = async (options: AdsOptions, storePath: string): Promise<AdsReport> => {
  const { items, events, topics, probability } = simulateAds(options);
  const recommender = await createRecommender({ ...config, store: { path: storePath } });
  try {
    await recommender.upsertItems(items);
    for (let at = 0; at < events.length; at += 5000) await recommender.recordEvents(events.slice(at, at + 5000));
    await recommender.train();

    const shown = async (visitor: number, moment: Moment, pipeline: string) => {
      const slate = await recommender.recommend({
        target: { user: `visitor-${visitor}` },
        context: { ...moment },
        n: N,
        pipeline,
      });
      const { id, score } = slate.items[0]!;
      return { ad: Number(id.slice('ad-'.length)), score };
    };
    const rng = createRng(options.seed).fork('questions');
    const rows: Omit<AdsReport, 'events'>[] = [];
    for (let visitor = 0; visitor < options.visitors; visitor++) {
      const moment = { daytime: rng.int(2) === 0 ? 'morning' : 'evening', justClicked: NOTHING };
      const after = { ...moment, justClicked: topics[rng.int(topics.length)]! };
      const worth = (at: Moment) => items.map((_, ad) => probability(visitor, ad, at));
      const shareOf = (ad: number, at: Moment) => shareOfOptimum([ad], worth(at), N);
      const page = await shown(visitor, moment, 'page');
      const now = worth(moment);
      rows.push({
        recommended: shareOf(page.ad, moment),
        mostClicked: shareOf((await shown(visitor, moment, 'popular')).ad, moment),
        random: mean(now) / now[best(now, 1)[0]!]!,
        predicted: page.score,
        true: now[page.ad]!,
        error: Math.abs(page.score - now[page.ad]!),
        afterClick: shareOf((await shown(visitor, after, 'page')).ad, after),
        afterClickUntold: shareOf(page.ad, after),
      });
    }
    const average = (of: keyof (typeof rows)[number]) => mean(rows.map((row) => row[of]));
    return {
      events: events.length,
      recommended: average('recommended'),
      mostClicked: average('mostClicked'),
      random: average('random'),
      predicted: average('predicted'),
      true: average('true'),
      error: average('error'),
      afterClick: average('afterClick'),
      afterClickUntold: average('afterClickUntold'),
    };
  } finally {
    await recommender.close();
  }
};
