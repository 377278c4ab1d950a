import type { Command } from 'commander';
import { withRecommender } from '../context.ts';
import { table } from '../table.ts';
import { count } from './recommend.ts';

export const addSimilar = (own: Command): void => {
  own
    .requiredOption('--item <id>', 'the item')
    .option('-n <count>', 'how many, 1 to 200', count, 10)
    .action((options: { item: string; n: number }, command: Command) =>
      withRecommender(command, async (recommender, output) => {
        const list = await recommender.similar({ item: options.item, n: options.n });
        const records = await recommender.items(list.items.map((item) => item.id));
        output.result(list, () =>
          table(
            ['rank', 'item', 'score', 'title'],
            list.items.map((item, k) => [item.rank, item.id, item.score, records[k]?.title ?? '']),
          ),
        );
      }),
    );
};
