import closeWithGrace from 'close-with-grace';
import type { Command } from 'commander';
import { pino } from 'pino';
import { createRecommender, RecographError, type Recommender } from 'recograph';
import { createServer } from 'recograph/schema';
import { configPath, type GlobalOptions } from '../context.ts';

interface ServeOptions {
  port?: string;
  host?: string;
}

export const addServe = (program: Command): void => {
  program
    .command('serve')
    .description('Serve the GraphQL API until a signal. Imports and trains first where there is nothing yet.')
    .option('--port <number>', "default: PORT, then the config's")
    .option('--host <name>', "default: HOST, then the config's")
    .action(async (options: ServeOptions, command: Command) => {
      const log = pino({ level: process.env.LOG_LEVEL ?? 'info' }, pino.destination(2));
      const recommender = await createRecommender(configPath(command.optsWithGlobals<GlobalOptions>()), {
        log,
        schedule: true,
        workers: 'config',
      });
      try {
        await prepare(recommender);
        const { server: configured } = recommender.config;
        const port = portOf(options.port ?? process.env.PORT, configured.port);
        const host = options.host ?? process.env.HOST ?? configured.host;
        const server = await createServer(recommender, { port, host, log });
        const stopped = new Promise<void>((resolve) => {
          closeWithGrace({ delay: 4500 }, async ({ err }) => {
            if (err) log.fatal({ error: err.stack }, 'the server cannot go on');
            await server.close(2000);
            await recommender.close();
            resolve();
          });
        });
        process.stdout.write(`ready ${server.url}\n`);
        process.stderr.write(`GraphiQL: open ${server.url} in a browser. From a shell:\n${curlExample(server.url)}\n`);
        await stopped;
      } catch (error) {
        await recommender.close();
        throw error;
      }
    });
};

/** The first start: data from the config's files, and a bundle. */
const prepare = async (recommender: Recommender): Promise<void> => {
  if ((await recommender.store.activeBundle()) !== undefined) return;
  process.stderr.write('No bundle yet: importing the data and training. The next start is ready in seconds.\n');
  const report = await recommender.train();
  process.stderr.write(`Trained bundle ${report.bundle} in ${report.seconds.toFixed(1)} s.\n`);
};

const portOf = (asked: string | undefined, configured: number): number => {
  if (asked === undefined || asked === '') return configured;
  const port = Number(asked);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new RecographError('USAGE', `The port is "${asked}"; it must be a number from 0 to 65535.`, { at: 'PORT' });
};

const curlExample = (url: string): string => {
  const query =
    '{ recommend(input: { target: { user: \\"1\\" } }, first: 3) { ... on RecommendationConnection { edges { node { title } } } } }';
  return `  curl -s ${url} -H 'content-type: application/json' -d '{"query":"${query}"}'`;
};
