import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Accuracy, accuracyBenchmark } from './accuracy.ts';
import type { Benchmark } from './benchmark.ts';

const filesOf = (folder: URL): URL[] =>
  readdirSync(fileURLToPath(folder))
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => new URL(file, folder));

const load = async <T>(file: URL): Promise<T> => ((await import(file.href)) as { default: T }).default;

const folders = {
  benchmark: new URL('../benchmarks/', import.meta.url),
  accuracy: new URL('../accuracy/', import.meta.url),
};

/** All of them. */
export const listed = async (): Promise<Benchmark[]> => {
  const plain = await Promise.all(filesOf(folders.benchmark).map((file) => load<Benchmark>(file)));
  const accuracies = await Promise.all(filesOf(folders.accuracy).map((file) => load<Accuracy>(file)));
  return [...plain, ...accuracies.map(accuracyBenchmark)];
};

/** `NAME`, `accuracy NAME` or `accuracy/NAME`; loads nothing else, for memory is measured, too. */
export const find = async ([first = '', second = '']: readonly string[]): Promise<Benchmark | undefined> => {
  const [kind, name] = /^accuracy(\/|$)/.test(first)
    ? (['accuracy', first.slice('accuracy/'.length) || second] as const)
    : (['benchmark', first] as const);
  const file = filesOf(folders[kind]).find(({ pathname }) => pathname.endsWith(`/${name}.ts`));
  if (!file) return undefined;
  return kind === 'accuracy' ? accuracyBenchmark(await load<Accuracy>(file)) : load<Benchmark>(file);
};
