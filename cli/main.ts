#!/usr/bin/env -S node --v8-pool-size=1
// Of V8's helpers one is enough: more take the cores from the threads that serve, which then wait for them in a collection.
import { Command, CommanderError } from 'commander';
import { RecographError } from '../core/spi/error.ts';
import { COMMANDS } from './commands.ts';
import { reportFailure } from './output.ts';

const program = new Command('recograph')
  .description('Compose, train, evaluate and serve hybrid recommenders.')
  .option('--config <file>', 'the config: .ts, .js, .yaml or .json (default: recograph.config.* in this folder)')
  .option('--json', 'print exactly one JSON document on stdout', false)
  .exitOverride()
  .showSuggestionAfterError();

for (const { name, about, load } of COMMANDS) {
  const command = program.command(name).description(about);
  if (process.argv.includes(command.name())) (await load())(command);
}
program.configureOutput({ writeErr: (text) => process.stderr.write(text) });
for (const command of program.commands) {
  command.copyInheritedSettings(program);
  command.option('--config <file>', 'the config file').option('--json', 'print one JSON document on stdout');
}

try {
  await program.parseAsync();
} catch (error) {
  const json = process.argv.includes('--json');
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) process.exitCode = 0;
    else process.exitCode = json ? reportFailure(new RecographError('USAGE', error.message), true) : 2;
  } else {
    process.exitCode = reportFailure(error, json);
  }
}
