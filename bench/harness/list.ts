import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Accuracy } from './accuracy.ts';
import type { Benchmark } from './benchmark.ts';

const filesOf = (folder: URL): URL[] =>
  readdirSync(fileURLToPath(folder))
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => new URL(file, folder));

const load = async <T>(file: URL): Promise<T> => ((await import(file.href)) as { default: T }).default;

/** One a file in bench/benchmarks/. */
export const benchmarks = (): Promise<Benchmark[]> =>
  Promise.all(filesOf(new URL('../benchmarks/', import.meta.url)).map((file) => load<Benchmark>(file)));

/** One a file in bench/accuracy/. */
export const accuracies = (): Promise<Accuracy[]> =>
  Promise.all(filesOf(new URL('../accuracy/', import.meta.url)).map((file) => load<Accuracy>(file)));
