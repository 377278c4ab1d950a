import { count, runExample } from '../simulator/main.ts';
import { runShop } from './run.ts';

const options = { users: 400, days: 28, items: 200, newItemsADay: 5, seed: 1 };

await runExample(
  (store) => runShop(options, store),
  ({ events, recommended, bestSellers, random, newcomers, newcomersAtBest }) => ({
    setting: `A simulated shop: ${options.users} customers, ${options.days} days, ${count(events)} views, carts and purchases; ${options.newItemsADay} new products a morning.`,
    tables: [
      {
        title: 'What ten products are worth to a customer, beside the ten that the customer would truly like best:',
        rows: [
          ['recommended', recommended, 'pipelines.home, trained on all days but the last'],
          ['best sellers', bestSellers, 'the same ten for everybody'],
          ['random', random, ''],
          ['best possible', 1, ''],
        ],
      },
      {
        title: 'How many of the ten arrived this morning, so that nobody has touched them yet:',
        rows: [
          ['recommended', newcomers, 'scored by category and price segment alone'],
          ['best possible', newcomersAtBest, ''],
        ],
      },
    ],
    next: [
      'examples/shop/recograph.config.ts is the pipeline; change it and run this again.',
      'npm run example -- sessions   # visitors nobody knows',
    ],
  }),
);
