#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { RecographError } from 'recograph';
import { addBundles } from './commands/bundles.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addImport } from './commands/import.ts';
import { addInit } from './commands/init.ts';
import { addPlugins } from './commands/plugins.ts';
import { addRecommend } from './commands/recommend.ts';
import { addRuntime } from './commands/runtime.ts';
import { addSchema } from './commands/schema.ts';
import { addServe } from './commands/serve.ts';
import { addSimilar } from './commands/similar.ts';
import { addTrain } from './commands/train.ts';
import { reportFailure } from './output.ts';

const program = new Command('recograph')
  .description('Compose, train, evaluate and serve hybrid recommenders.')
  .option('--config <file>', 'the config: .ts, .js, .yaml or .json (default: recograph.config.* in this folder)')
  .option('--json', 'print exactly one JSON document on stdout', false)
  .exitOverride()
  .showSuggestionAfterError();

for (const add of [
  addImport,
  addTrain,
  addEvaluate,
  addRecommend,
  addSimilar,
  addBundles,
  addServe,
  addDoctor,
  addRuntime,
  addPlugins,
  addSchema,
  addInit,
]) {
  add(program);
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
