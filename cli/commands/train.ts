import type { Command } from 'commander';
import { withRecommender } from '../context.ts';
import { reasonsOf } from '../reasons.ts';
import { table } from '../table.ts';

export const addTrain = (own: Command): void => {
  own
    .option('--pipeline <name>', 'fit only what this pipeline needs')
    .action((options: { pipeline?: string }, command: Command) =>
      withRecommender(command, async (recommender, output, signal) => {
        const lines = new Map<string, ReturnType<typeof output.progress>>();
        const report = await recommender
          .train({
            ...options,
            signal,
            report: ({ component, epoch, epochs, loss }) => {
              let line = lines.get(component);
              if (!line) {
                for (const other of lines.values()) other.stop();
                line = output.progress(component.padEnd(20));
                lines.set(component, line);
              }
              line.update(epoch, epochs, loss === undefined ? 'epochs' : `epochs, loss ${loss.toFixed(4)}`);
            },
          })
          .finally(() => {
            for (const line of lines.values()) line.stop();
          });
        output.warn(report.warnings);
        output.result(report, () => {
          const models = Object.entries(report.models).map(([name, m]) => [
            name,
            `${m.seconds.toFixed(2)} s`,
            m.epochs,
            Object.entries(m.chosen)
              .map(([key, value]) => `${key} ${Number(value.toPrecision(3))}`)
              .join(', '),
          ]);
          const metrics = Object.entries(report.metrics).flatMap(([target, values]) =>
            Object.entries(values).map(([metric, value]) => [target, metric, value]),
          );
          return [
            `Bundle ${report.bundle}${report.active ? ' is active' : ' is not active'}; ${report.runtime.kind} on ${report.runtime.device}; ${report.seconds.toFixed(1)} s.`,
            table(['component', 'fit', 'epochs', 'chosen by auto'], models),
            ...(metrics.length ? [table(['target', 'metric', 'value'], metrics)] : []),
            ...reasonsOf(Object.entries(report.why)),
          ].join('\n\n');
        });
      }),
    );
};
