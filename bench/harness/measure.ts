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

interface Sides {
  readonly ours: Numbers;
  readonly theirs: Numbers | undefined;
}

/** Both sides in turns, in one run; gives the medians and the smallest of every number. */
export const alternate = async (
  context: Context,
  rounds: number,
  names: { readonly ours: string; readonly theirs: string },
  sides: { ours(round: number): Promise<Numbers>; theirs?(round: number): Promise<Numbers> },
): Promise<Sides & { readonly best: Sides }> => {
  const [ours, theirs]: [Numbers[], Numbers[]] = [[], []];
  for (let round = 0; round < (context.quick ? 1 : rounds); round++) {
    ours.push(await sides.ours(round));
    context.note({ who: names.ours, round, ...ours.at(-1) });
    if (!sides.theirs) continue;
    theirs.push(await sides.theirs(round));
    context.note({ who: names.theirs, round, ...theirs.at(-1) });
  }
  const picked = (pick: (values: readonly number[]) => number): Sides => ({
    ours: each(ours, pick),
    theirs: theirs.length > 0 ? each(theirs, pick) : undefined,
  });
  return { ...picked(median), best: picked((values) => Math.min(...values)) };
};

const each = (rounds: readonly Numbers[], pick: (values: readonly number[]) => number): Numbers =>
  Object.fromEntries(Object.keys(rounds[0]!).map((name) => [name, pick(rounds.map((round) => round[name]!))]));
