import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Asked, type Benchmark, type Figure, ratioOf, reaches } from './benchmark.ts';

export interface Result {
  readonly name: string;
  readonly about: string;
  readonly command: string;
  readonly date: string;
  readonly commit: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGB: number;
    /** Processes running on average in the last minute, before and after: above `cores`, times are stretched. */
    readonly load: readonly [number, number];
  };
  readonly node: string;
  readonly runtime: string;
  readonly seconds: number;
  /** Of the whole process, the harness's own data included. */
  readonly peakRssMB: number;
  readonly figures: readonly (Figure & {
    readonly asked?: Asked;
    readonly ratio?: number;
    readonly reached?: boolean;
  })[];
  readonly notes: readonly object[];
}

const folder = fileURLToPath(new URL('../results/', import.meta.url));
const round = (value: number): number => Number(value.toPrecision(5));

export const machine = (before: number, after: number): Result['machine'] => ({
  cpu: cpus()[0]!.model,
  cores: cpus().length,
  memoryGB: Math.round(totalmem() / 2 ** 30),
  load: [round(before), round(after)],
});

export const commit = (): string => {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { encoding: 'utf8', cwd: folder.replace(/results\/$/, '') });
    return git('rev-parse', '--short', 'HEAD').trim();
  } catch {
    return 'unknown';
  }
};

export const figuresBesideAsked = (
  figures: readonly Figure[],
  { asked }: Pick<Benchmark, 'asked'>,
): Result['figures'] =>
  figures.map((figure) => {
    const [ratio, bound] = [ratioOf(figure), asked[figure.name]];
    const reached = reaches(figure, bound);
    return {
      ...figure,
      value: round(figure.value),
      ...(figure.peer ? { peer: { ...figure.peer, value: round(figure.peer.value) } } : {}),
      ...(ratio === undefined ? {} : { ratio: round(ratio) }),
      ...(bound ? { asked: bound } : {}),
      ...(reached === undefined ? {} : { reached }),
    };
  });

export const writeResult = (result: Result): string => {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${result.name.replaceAll('/', '-')}.json`;
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
};

export const readResults = (): Result[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as Result);

export const askedText = (asked: Asked | undefined): string => {
  if (!asked) return '';
  const { atLeast, atMost, ratioAtLeast, ratioAtMost, aim } = asked;
  return [
    ...(atLeast === undefined ? [] : [`>= ${atLeast}`]),
    ...(atMost === undefined ? [] : [`<= ${atMost}`]),
    ...(ratioAtLeast === undefined ? [] : [`>= ${ratioAtLeast}x`]),
    ...(ratioAtMost === undefined ? [] : [`<= ${ratioAtMost}x`]),
    ...(aim === undefined ? [] : [`aim ${aim}${(ratioAtLeast ?? ratioAtMost) ? 'x' : ''}`]),
  ].join(', ');
};

const valueText = ({ value, unit }: Pick<Figure, 'value' | 'unit'>): string =>
  unit ? `${value} ${unit}` : String(value);

/** Rows of name, value, peer, ratio, asked, reached; for a terminal and for Markdown alike. */
export const rowsOf = (figures: Result['figures']): string[][] =>
  figures.map((figure) => [
    figure.name,
    valueText(figure),
    figure.peer ? `${figure.peer.name} ${valueText({ value: figure.peer.value, unit: figure.unit })}` : '',
    figure.ratio === undefined ? '' : String(figure.ratio),
    askedText(figure.asked),
    figure.reached === undefined ? '' : figure.reached ? 'yes' : 'no',
  ]);

export const HEADER = ['figure', 'measured', 'peer', 'ratio', 'asked', 'reached'] as const;

export const tableText = (rows: readonly (readonly string[])[]): string => {
  const all = [HEADER, ...rows];
  const widths = HEADER.map((_, k) => Math.max(...all.map((row) => row[k]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, k) => cell.padEnd(widths[k]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const table = (rows: readonly (readonly string[])[]): string => rows.map((row) => `| ${row.join(' | ')} |`).join('\n');

/** All results as Markdown: the figures, then where each was measured. */
export const markdown = (all: readonly Result[]): string => {
  const header = ['benchmark', ...HEADER];
  const figures = all.flatMap(({ name, figures }) => rowsOf(figures).map((row, k) => [k === 0 ? name : '', ...row]));
  const origin = ['benchmark', 'date', 'commit', 'machine', 'load', 'node', 'runtime'];
  const origins = all.map(({ name, date, commit, machine, node, runtime }) => [
    name,
    date.slice(0, 16).replace('T', ' '),
    commit,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB`,
    machine.load.map((load) => load.toFixed(1)).join(' - '),
    node,
    runtime,
  ]);
  return [
    table([header, header.map(() => '---'), ...figures]),
    table([origin, origin.map(() => '---'), ...origins]),
  ].join('\n\n');
};
