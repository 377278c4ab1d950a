import type { Context } from './benchmark.ts';

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export interface Timed<T> {
  readonly value: T;
  readonly seconds: number;
  /** Of all threads of this process: what a busy machine does not stretch. */
  readonly cpuSeconds: number;
}

export const timed = async <T>(work: () => Promise<T> | T): Promise<Timed<T>> => {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { value, seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
};

type Numbers = Record<string, number>;

/** Both sides in turns, in one run; gives the medians of every number they share, and all of ours. */
export const alternate = async (
  context: Context,
  rounds: number,
  names: { readonly ours: string; readonly theirs: string },
  sides: { ours(round: number): Promise<Numbers>; theirs?(round: number): Promise<Numbers> },
): Promise<{ ours: Numbers; theirs: Numbers | undefined }> => {
  const [ours, theirs]: [Numbers[], Numbers[]] = [[], []];
  for (let round = 0; round < (context.quick ? 1 : rounds); round++) {
    ours.push(await sides.ours(round));
    context.note({ who: names.ours, round, ...ours.at(-1) });
    if (!sides.theirs) continue;
    theirs.push(await sides.theirs(round));
    context.note({ who: names.theirs, round, ...theirs.at(-1) });
  }
  return { ours: medians(ours), theirs: theirs.length > 0 ? medians(theirs) : undefined };
};

const medians = (rounds: readonly Numbers[]): Numbers =>
  Object.fromEntries(Object.keys(rounds[0]!).map((name) => [name, median(rounds.map((round) => round[name]!))]));
