import type { Context } from '../harness/benchmark.ts';
import { median } from '../harness/measure.ts';
import { type Load, type Loaded, load, recommending } from './load.ts';
import { type Server, startServer } from './start.ts';

/** What V8 needs to compile what is hot, twice: the batches grow while it does. Its threads take a fourth of the core after 12 s still. */
export const WARM_UP_SECONDS = 25;

/** Rounds of all by turns, so that what else the machine does meets all; answers with the median of a number of one. */
export const inTurns = async (
  context: Context,
  rounds: number,
  turns: Readonly<Record<string, () => Promise<Loaded>>>,
): Promise<(name: string, of: (loaded: Loaded) => number) => number> => {
  const taken: Record<string, Loaded[]> = {};
  for (let round = 0; round < (context.quick ? 1 : rounds); round++) {
    for (const [name, turn] of Object.entries(turns)) {
      const loaded = await turn();
      context.note({ name, ...loaded });
      taken[name] = [...(taken[name] ?? []), loaded];
    }
  }
  return (name, of) => median(taken[name]!.map(of));
};

/** Requests a second of each server. */
export const byTurns = async (
  context: Context,
  config: string,
  of: Readonly<Record<string, Parameters<typeof startServer>[1]>>,
  asked: Omit<Load, 'seconds'>,
): Promise<(name: string) => number> => {
  const seconds = context.quick ? 1 : 3;
  const servers: [string, Server][] = [];
  for (const [name, options] of Object.entries(of)) servers.push([name, await startServer(config, options)]);
  for (const [, server] of servers) {
    await load(server, recommending, { ...asked, seconds: context.quick ? 1 : WARM_UP_SECONDS });
  }
  const turns = servers.map(
    ([name, server]) => [name, () => load(server, recommending, { ...asked, seconds })] as const,
  );
  const medianOf = await inTurns(context, 3, Object.fromEntries(turns));
  for (const [, server] of servers) await server.stop();
  return (name) => medianOf(name, ({ perSecond }) => perSecond);
};
