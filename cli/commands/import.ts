import { type Command, Option } from 'commander';
import { withRecommender } from '../context.ts';

interface ImportOptions {
  interactions?: string;
  items?: string;
  users?: string;
  format?: string;
  onError: 'fail' | 'skip';
}

export const addImport = (own: Command): void => {
  own
    .option('--interactions <path>', 'events file or folder')
    .option('--items <path>', 'catalogue file')
    .option('--users <path>', 'users file')
    .addOption(
      new Option('--format <format>', 'format of the files named here').choices([
        'csv',
        'tsv',
        'jsonl',
        'parquet',
        'movielens',
        'user-items',
      ]),
    )
    .addOption(
      new Option('--on-error <what>', 'a malformed row stops the import with nothing written, or is skipped')
        .choices(['fail', 'skip'])
        .default('fail'),
    )
    .action((options: ImportOptions, command: Command) =>
      withRecommender(command, async (recommender, output, signal) => {
        const line = output.progress('importing');
        const report = await recommender
          .import({
            ...options,
            signal,
            report: ({ phase, rows, total }) => line.update(rows, total ?? rows, `rows, ${phase}`),
          })
          .finally(() => line.stop());
        output.warn(report.warnings);
        output.result(report, () => {
          const { events, items, users } = report.imported;
          const rejected = report.rejected ? `\n${report.rejected} rows rejected, see ${report.rejectFile}` : '';
          return `Imported ${events} events, ${items} items, ${users} users in ${report.seconds.toFixed(1)} s.${rejected}`;
        });
      }),
    );
};
