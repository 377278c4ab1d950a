import { createRecommender } from 'recograph';
import { best, mean, shareOfOptimum } from '../simulator/choice.ts';
import config from './recograph.config.ts';
import { type ShopOptions, simulateShop } from './simulator.ts';

export interface ShopReport {
  readonly events: number;
  /** Share of the optimum, 0 .. 1, of the ten products recommended, of the ten best sellers, and of ten at random. */
  readonly recommended: number;
  readonly bestSellers: number;
  readonly random: number;
  /** Share of recommended products that arrived after the training, and of the optimum's. */
  readonly newcomers: number;
  readonly newcomersAtBest: number;
}

const N = 10;

/** Trains on all days but the last, lets that morning's products arrive, and asks for everybody's ten products. */
export const runShop = async (options: ShopOptions, storePath: string): Promise<ShopReport> => {
  const shop = simulateShop(options);
  const { products } = shop;
  const lastDay = options.days;
  const recommender = await createRecommender({ ...config, store: { path: storePath } });
  try {
    const records = (arrived: (day: number) => boolean) =>
      products.flatMap(({ record, day }) => (arrived(day) ? [record] : []));
    await recommender.upsertItems(records((day) => day < lastDay));
    for (let at = 0; at < shop.events.length; at += 5000)
      await recommender.recordEvents(shop.events.slice(at, at + 5000));
    await recommender.train();
    await recommender.upsertItems(records((day) => day === lastDay));

    const sold = products.map(() => 0);
    for (const { item } of shop.events) sold[Number(item.slice('product-'.length))]!++;
    const bestSellers = best(sold, N);
    const isNew = (p: number) => products[p]!.day === lastDay;
    const rows: Omit<ShopReport, 'events'>[] = [];
    for (let u = 0; u < options.users; u++) {
      const slate = await recommender.recommend({ target: { user: `customer-${u}` }, n: N });
      const list = slate.items.map(({ id }) => Number(id.slice('product-'.length)));
      const worth = products.map((_, p) => Math.exp(shop.utility(u, p)));
      rows.push({
        recommended: shareOfOptimum(list, worth, N),
        bestSellers: shareOfOptimum(bestSellers, worth, N),
        random: (N * mean(worth)) / (mean(best(worth, N).map((p) => worth[p]!)) * N),
        newcomers: list.filter(isNew).length / N,
        newcomersAtBest: best(worth, N).filter(isNew).length / N,
      });
    }
    const average = (of: keyof Omit<ShopReport, 'events'>) => mean(rows.map((row) => row[of]));
    return {
      events: shop.events.length,
      recommended: average('recommended'),
      bestSellers: average('bestSellers'),
      random: average('random'),
      newcomers: average('newcomers'),
      newcomersAtBest: average('newcomersAtBest'),
    };
  } finally {
    await recommender.close();
  }
};
