import type { Command } from 'commander';
import { configJsonSchema, openComponents, openConfig } from 'recograph';
import { printSdl } from 'recograph/schema';
import { configPath, type GlobalOptions } from '../context.ts';

export const addSchema = (own: Command): void => {
  own
    .option('--graphql', 'the SDL of the GraphQL API')
    .action(async (options: { graphql?: boolean }, command: Command) => {
      const globals = command.optsWithGlobals<GlobalOptions>();
      const { components } =
        globals.config === undefined
          ? { components: await openComponents({}, process.cwd()) }
          : await openConfig(configPath(globals));
      const text = options.graphql ? printSdl(components) : JSON.stringify(configJsonSchema(components), null, 2);
      process.stdout.write(`${text}\n`);
    });
};
