import type { Command } from 'commander';
import { componentListing, openComponents, openConfig } from 'recograph';
import { configPath, type GlobalOptions } from '../context.ts';
import { createOutput } from '../output.ts';
import { table } from '../table.ts';

export const addPlugins = (own: Command): void => {
  own
    .option('--kind <kind>', 'only models, features, rankers, sources, stages, ...')
    .action(async (options: { kind?: string }, command: Command) => {
      const globals = command.optsWithGlobals<GlobalOptions>();
      const output = createOutput(globals.json);
      const { components } =
        globals.config === undefined
          ? { components: await openComponents({}, process.cwd()) }
          : await openConfig(configPath(globals));
      const kind = options.kind?.replace(/s$/, '');
      const listing = componentListing(components).filter((component) => kind === undefined || component.kind === kind);
      output.result({ components: listing }, () =>
        table(
          ['kind', 'use', 'plugin', 'config'],
          listing.map(({ kind, type, plugin, config }) => [
            kind,
            type,
            plugin,
            Object.keys((config as { properties?: object }).properties ?? {}).join(', '),
          ]),
        ),
      );
    });
};
