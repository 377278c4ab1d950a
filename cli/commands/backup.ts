import type { Command } from 'commander';
import { withRecommender } from '../context.ts';

export const addBackup = (own: Command): void => {
  own
    .requiredOption('--out <folder>', 'a folder that does not exist yet')
    .action((options: { out: string }, command: Command) =>
      withRecommender(command, async (recommender, output) => {
        const report = await recommender.backup(options.out);
        output.result(report, () =>
          [
            `Backed up ${report.events} events and ${report.bundles} bundles to ${report.folder} (${(report.bytes / 1e6).toFixed(1)} MB, read back and whole).`,
            `To go back to it: stop the server, move ${report.of} away, and copy ${report.folder} in its place.`,
          ].join('\n'),
        );
      }),
    );
};
