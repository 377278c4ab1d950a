import { createRecommender } from 'recograph';
import { mean, shareOfOptimum } from '../simulator/choice.ts';
import config from './recograph.config.ts';
import { type SessionsOptions, simulateSessions } from './simulator.ts';

const N = 3;

/** By pipeline: the probability that the visitor's next page is among the three shown, divided by the best possible. */
export type SessionsReport = Readonly<Record<'gru' | 'attention' | 'popular', number>>;

export const runSessions = async (
  options: SessionsOptions & { readonly visitors: number },
  storePath: string,
): Promise<SessionsReport> => {
  const site = simulateSessions(options);
  const recommender = await createRecommender({ ...config, store: { path: storePath } });
  try {
    for (let at = 0; at < site.events.length; at += 5000)
      await recommender.recordEvents(site.events.slice(at, at + 5000));
    await recommender.train();
    const share = async (pipeline: string): Promise<number> => {
      const shares: number[] = [];
      for (let v = 0; v < options.visitors; v++) {
        const pages = site.draw(5, `visitor ${v}`);
        const session = { id: `visitor-${v}`, events: pages.map((page) => ({ item: `page-${page}` })) };
        const slate = await recommender.recommend({ target: { session }, n: N, pipeline });
        const list = slate.items.map(({ id }) => Number(id.slice('page-'.length)));
        shares.push(shareOfOptimum(list, site.next(pages.at(-2)!, pages.at(-1)!), N));
      }
      return mean(shares);
    };
    return { gru: await share('gru'), attention: await share('attention'), popular: await share('popular') };
  } finally {
    await recommender.close();
  }
};
