import type { Context } from '../harness/benchmark.ts';
import { median } from '../harness/measure.ts';
import { type Load, type Loaded, load, recommending } from './load.ts';
import { type Server, startServer } from './start.ts';

/** What V8 needs to compile what is hot, twice: the batches grow while it does. Its threads take a fourth of the core after 12 s still. */
export const WARM_UP_SECONDS = 25;

/** Requests a second of each server: the median of rounds that they take by turns, so that what else the machine does meets all. */
export const byTurns = async (
  context: Context,
  config: string,
  of: Readonly<Record<string, Parameters<typeof startServer>[1]>>,
  asked: Omit<Load, 'seconds'>,
): Promise<(name: string) => number> => {
  const seconds = context.quick ? 1 : 3;
  const servers: [string, Server][] = [];
  for (const [name, options] of Object.entries(of)) servers.push([name, await startServer(config, options)]);
  const rounds: Record<string, Loaded[]> = {};
  for (const [, server] of servers) {
    await load(server, recommending, { ...asked, seconds: context.quick ? 1 : WARM_UP_SECONDS });
  }
  for (let round = 0; round < (context.quick ? 1 : 3); round++) {
    for (const [name, server] of servers) {
      const figures = await load(server, recommending, { ...asked, seconds });
      context.note({ name, ...figures });
      rounds[name] = [...(rounds[name] ?? []), figures];
    }
  }
  for (const [, server] of servers) await server.stop();
  return (name) => median(rounds[name]!.map(({ perSecond }) => perSecond));
};
