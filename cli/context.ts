import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { createRecommender, RecographError, type Recommender } from 'recograph';
import { createOutput, type Output } from './output.ts';

const NAMES = ['ts', 'js', 'mjs', 'yaml', 'yml', 'json'].map((ending) => `recograph.config.${ending}`);

/** Who asks at a terminal waits for the pipeline, which a new process has to load first. */
const PATIENCE_MS = 600_000;

export interface GlobalOptions {
  config?: string;
  json: boolean;
}

export const configPath = (options: GlobalOptions): string => {
  const path = options.config ?? NAMES.find((name) => existsSync(name));
  if (path) return path;
  const message = `There is no config here. Give --config FILE, or make a project with: recograph init DIR`;
  throw new RecographError('USAGE', message, { at: '--config' });
};

/** Runs a command with the recommender of its config, which is closed whatever happens; Ctrl-C cancels the work. */
export const withRecommender = async (
  command: Command,
  run: (recommender: Recommender, output: Output, signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const options = command.optsWithGlobals<GlobalOptions>();
  const output = createOutput(options.json);
  const abort = new AbortController();
  const cancel = () => abort.abort();
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  const recommender = await createRecommender(configPath(options), { deadlineMs: PATIENCE_MS });
  try {
    await run(recommender, output, abort.signal);
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    await recommender.close();
  }
};
