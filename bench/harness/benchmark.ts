import type { RuntimeKind } from 'recograph';
import type { Peer } from './peer.ts';

/** What a figure has to reach; `aim` is what would be better still. */
export interface Asked {
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Of our value to the peer's. */
  readonly ratioAtLeast?: number;
  readonly ratioAtMost?: number;
  readonly aim?: number;
}

/** One measured number. Its ratio is ours over the peer's: of times, below 1 is faster. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same number of whom we are measured against. */
  readonly peer?: { readonly name: string; readonly value: number };
}

export interface Context {
  /** Absolute path inside the data folder. */
  data(...path: string[]): string;
  /** Runs a script of bench/peers/; absent where the peers' environment was not made. */
  readonly peer: Peer | undefined;
  /** A folder of the run's own, deleted after it. */
  readonly folder: string;
  readonly threads: number;
  /** Seeds of whatever is random; figures are means over them. */
  readonly seeds: readonly number[];
  /** Fewer rounds, seeds and epochs: to see that it runs. Results are not written. */
  readonly quick: boolean;
  /** The tensor runtime of `--runtime`, for benchmarks that can compute on any. */
  readonly on?: RuntimeKind;
  /** What stands after the benchmark's name on the command line. */
  readonly args: readonly string[];
  figure(name: string, value: number, unit?: string, peer?: Figure['peer']): void;
  /** A line of detail on stderr, kept in the result. */
  note(fields: Readonly<Record<string, unknown>>): void;
  /** Names the tensor runtime that computed. */
  runtime(kind: string): void;
}

/** A benchmark is one file in bench/benchmarks/ with this as its default export. */
export interface Benchmark {
  /** Also the name of its file. */
  readonly name: string;
  readonly about: string;
  /** By figure name. */
  readonly asked: Readonly<Record<string, Asked>>;
  /** Folders of the data folder that it reads. */
  readonly needs?: readonly string[];
  run(context: Context): Promise<void>;
}

export const ratioOf = ({ value, peer }: Figure): number | undefined => peer && value / peer.value;

/** Whether a figure reaches what is asked; undefined where nothing is, or there was no peer to compare with. */
export const reaches = (figure: Figure, asked: Asked | undefined): boolean | undefined => {
  if (!asked) return undefined;
  const ratio = ratioOf(figure);
  const checks: boolean[] = [];
  if (asked.atLeast !== undefined) checks.push(figure.value >= asked.atLeast);
  if (asked.atMost !== undefined) checks.push(figure.value <= asked.atMost);
  if (asked.ratioAtLeast !== undefined && ratio !== undefined) checks.push(ratio >= asked.ratioAtLeast);
  if (asked.ratioAtMost !== undefined && ratio !== undefined) checks.push(ratio <= asked.ratioAtMost);
  return checks.length === 0 ? undefined : checks.every(Boolean);
};
