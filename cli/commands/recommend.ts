import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Command, InvalidArgumentError } from 'commander';
import { RecographError, type Recommender, type Slate } from 'recograph';
import { withRecommender } from '../context.ts';
import { table } from '../table.ts';

const BATCH = 200;

export const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 200) throw new InvalidArgumentError('It must be 1 to 200.');
  return value;
};

interface RecommendOptions {
  user?: string;
  users?: string;
  out?: string;
  n: number;
  pipeline?: string;
}

export const addRecommend = (own: Command): void => {
  own
    .option('--user <id>', 'for this user')
    .option('--users <file>', 'for the users of a file, one id a line, or for "all"')
    .option('--out <file>', 'write the lines of many users there instead of stdout')
    .option('-n <count>', 'how many items, 1 to 200', count, 10)
    .option('--pipeline <name>', 'default: the first of the config')
    .action((options: RecommendOptions, command: Command) =>
      withRecommender(command, async (recommender, output, signal) => {
        const shared = { n: options.n, ...(options.pipeline === undefined ? {} : { pipeline: options.pipeline }) };
        if (options.user !== undefined && options.users === undefined) {
          const slate = await recommender.recommend({ target: { user: options.user }, ...shared });
          const titles = await recommender.items(slate.items.map((item) => item.id));
          output.result(documentOf(slate), () =>
            [
              table(
                ['rank', 'item', 'score', 'title'],
                slate.items.map((item, k) => [item.rank, item.id, item.score, titles[k]?.title ?? '']),
              ),
              `${slate.pipeline}, bundle ${slate.bundle}, ${slate.servedBy.toLowerCase()}`,
              ...slate.degraded.map((failure) => `${failure.stage}: ${failure.code} ${failure.message}`),
            ].join('\n'),
          );
        } else if (options.users !== undefined && options.user === undefined) {
          await recommendMany(recommender, options.users, options.out, shared, signal);
        } else {
          throw new RecographError('USAGE', 'Give either --user ID or --users all|FILE.', { at: '--user' });
        }
      }),
    );
};

const recommendMany = async (
  recommender: Recommender,
  users: string,
  out: string | undefined,
  shared: { n: number; pipeline?: string },
  signal: AbortSignal,
): Promise<void> => {
  const stream = out === undefined ? process.stdout : createWriteStream(out);
  let batch: string[] = [];
  const flush = async (): Promise<void> => {
    const slates = await Promise.all(batch.map((user) => recommender.recommend({ target: { user }, ...shared })));
    for (const [k, slate] of slates.entries()) {
      if (!stream.write(`${JSON.stringify({ user: batch[k], ...documentOf(slate) })}\n`)) await once(stream, 'drain');
    }
    batch = [];
  };
  const ids = users === 'all' ? recommender.userIds() : createInterface({ input: createReadStream(users) });
  for await (const user of ids) {
    if (signal.aborted) throw new RecographError('CANCELLED', 'Cancelled before every user was served.');
    if (user === '') continue;
    batch.push(user);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  if (out !== undefined) {
    stream.end();
    await once(stream, 'finish');
  }
};

const documentOf = (slate: Slate) => ({
  pipeline: slate.pipeline,
  bundle: slate.bundle,
  recommendationId: slate.recommendationId,
  servedBy: slate.servedBy,
  items: slate.items.map(({ id, rank, score, sources }) => ({ id, rank, score, sources })),
  degraded: slate.degraded,
});
