import type { Command } from 'commander';
import type { Recommender } from 'recograph';
import { withRecommender } from '../context.ts';
import type { Output } from '../output.ts';
import { table } from '../table.ts';

const print = async (recommender: Recommender, output: Output): Promise<void> => {
  const listing = await recommender.bundles();
  output.result(listing, () =>
    listing.bundles.length === 0
      ? 'There is no bundle yet. Make one with: recograph train'
      : table(
          ['active', 'bundle', 'created', 'config'],
          listing.bundles.map((bundle) => [
            bundle.id === listing.active ? '*' : '',
            bundle.id,
            bundle.createdAt,
            bundle.configHash.slice(0, 12),
          ]),
        ),
  );
};

export const addBundles = (bundles: Command): void => {
  bundles.action((_options: object, command: Command) => withRecommender(command, print));
  bundles
    .command('activate <id>')
    .description('Serve this bundle from now on.')
    .action((id: string, _options: object, command: Command) =>
      withRecommender(command, async (recommender, output) => {
        await recommender.activate(id);
        await print(recommender, output);
      }),
    );
  bundles
    .command('rollback')
    .description('Serve the bundle again that was active before.')
    .action((_options: object, command: Command) =>
      withRecommender(command, async (recommender, output) => {
        await recommender.rollback();
        await print(recommender, output);
      }),
    );
};
