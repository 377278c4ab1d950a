import closeWithGrace from 'close-with-grace';
import type { Command } from 'commander';
import { type Logger, pino } from 'pino';
import { createRecommender, RecographError, type Recommender } from 'recograph';
import { createServer, type Key, keysFromEnvironment, type RunningServer } from 'recograph/schema';
import { configPath, type GlobalOptions } from '../context.ts';

interface ServeOptions {
  port?: string;
  host?: string;
}

/** Running requests may take that long to end after a signal; the process ends within 5 s of it. */
const GRACE_MS = 2000;

export const addServe = (own: Command): void => {
  own
    .option('--port <number>', "default: PORT, then the config's")
    .option('--host <name>', "default: HOST, then the config's")
    .action(async (options: ServeOptions, command: Command) => {
      const log = pino({ level: process.env.LOG_LEVEL ?? 'info' }, pino.destination(2));
      const recommender = await createRecommender(configPath(command.optsWithGlobals<GlobalOptions>()), {
        log,
        schedule: true,
        workers: 'config',
      });
      let server: RunningServer | undefined;
      let stopped: ReturnType<typeof onSignal> | undefined;
      const close = async (): Promise<void> => {
        // Jobs end first: with them the streams of their progress.
        await Promise.all([server?.close(GRACE_MS), recommender.jobs.close()]);
        await recommender.close();
      };
      try {
        const { server: configured } = recommender.config;
        const keys = [...configured.keys, ...keysFromEnvironment(process.env)];
        const port = portOf(options.port ?? process.env.PORT, configured.port);
        const host = options.host ?? process.env.HOST ?? configured.host;
        server = await createServer(recommender, { port, host, log, keys });
        stopped = onSignal(log, close);
        const ready = await Promise.race([prepare(recommender).then(() => true), stopped.begun.then(() => false)]);
        if (!ready) return await stopped.done;
        for (const note of (await recommender.service.status()).notes) {
          log.warn({}, note);
          process.stderr.write(`Warning: ${note}\n`);
        }
        process.stdout.write(`ready ${server.url}\n`);
        process.stderr.write(welcome(server.url, keys));
        await stopped.done;
      } catch (error) {
        // What waits for the end of the process would end it with 0.
        stopped?.forget();
        await close();
        throw error;
      }
    });
};

/**
 * Closes on SIGINT and SIGTERM, or when something has failed that nobody caught. Ctrl-C reaches a process more than once
 * where npm or another parent hands it on: what comes after the first signal changes nothing.
 */
const onSignal = (log: Logger, close: () => Promise<void>) => {
  let begin = (): void => {};
  let end = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  const signals = ['SIGINT', 'SIGTERM'] as const;
  let closing = false;
  const grace = closeWithGrace({ delay: 4500, skip: [...signals] }, async ({ err }) => {
    closing = true;
    begin();
    if (err) log.fatal({ error: err.stack }, 'the server cannot go on');
    await close();
    end();
  });
  for (const signal of signals) {
    process.on(signal, () => {
      if (!closing) grace.close();
    });
  }
  return { begun, done, forget: () => grace.uninstall() };
};

/** The first start: data from the config's files, and a bundle; then the bundle is loaded, so that the first query is quick. */
const prepare = async (recommender: Recommender): Promise<void> => {
  if ((await recommender.store.activeBundle()) === undefined) {
    process.stderr.write('No bundle yet: importing the data and training. The next start is ready in seconds.\n');
    const { id } = await recommender.jobs.start({ kind: 'train' });
    await recommender.jobs.finished(id);
    const job = await recommender.store.job(id);
    if (job?.error) throw new RecographError(job.error.code as 'INTERNAL', job.error.message);
    process.stderr.write(`Trained bundle ${await recommender.store.activeBundle()}.\n`);
  }
  if (Object.keys(recommender.config.pipelines).length === 0) return;
  await recommender.service.recommend({ target: { anonymous: true }, n: 1 });
};

const portOf = (asked: string | undefined, configured: number): number => {
  if (asked === undefined || asked === '') return configured;
  const port = Number(asked);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new RecographError('USAGE', `The port is "${asked}"; it must be a number from 0 to 65535.`, { at: 'PORT' });
};

const welcome = (url: string, keys: readonly Key[]): string => {
  const query =
    '{ recommend(input: { target: { user: \\"1\\" } }, first: 3) { ... on RecommendationConnection { edges { node { title } } } } }';
  const bearer = keys.length > 0 ? " -H 'authorization: Bearer KEY'" : '';
  const access =
    keys.length > 0
      ? `${keys.length} keys are set: clients send Authorization: Bearer KEY.\n`
      : 'No keys are set: only this machine is served, and it may do everything. Set RECOGRAPH_ADMIN_KEYS to open it.\n';
  return `${access}GraphiQL: open ${url} in a browser. From a shell:\n  curl -s ${url} -H 'content-type: application/json'${bearer} -d '{"query":"${query}"}'\n`;
};
