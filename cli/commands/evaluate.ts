import { type Command, InvalidArgumentError } from 'commander';
import { withRecommender } from '../context.ts';
import { reasonsOf } from '../reasons.ts';
import { table } from '../table.ts';

const seed = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number from 0.');
  return value;
};

export const addEvaluate = (own: Command): void => {
  own
    .option('--bundle <id>', 'test this bundle on events newer than its data')
    .option('--seed <n>', 'seed of the split, the sampling and the fits', seed)
    .action((options: { bundle?: string; seed?: number }, command: Command) =>
      withRecommender(command, async (recommender, output, signal) => {
        const line = output.progress('evaluating');
        const report = await recommender
          .evaluate({ ...options, signal, report: ({ target, done, total }) => line.update(done, total, target) })
          .finally(() => line.stop());
        output.warn(report.warnings);
        output.result(report, () => {
          const metrics = [...new Set(report.results.flatMap((result) => Object.keys(result.metrics)))];
          const rows = report.results.map((result) => [
            result.target,
            ...metrics.map((metric) => {
              const value = result.metrics[metric];
              const interval = result.interval[metric];
              if (value === undefined || value === null) return '-';
              return interval
                ? `${value.toFixed(4)} [${interval[0].toFixed(4)}, ${interval[1].toFixed(4)}]`
                : value.toFixed(4);
            }),
          ]);
          return [
            table(['target', ...metrics], rows),
            ...reasonsOf(report.results.map(({ target, why, skipped }) => [target, { ...why, ...skipped }])),
            `${report.users} users; protocol ${report.fingerprint.slice(0, 12)}; ${report.seconds.toFixed(1)} s.`,
          ].join('\n\n');
        });
      }),
    );
};
