import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Matrix } from '../spi/index.ts';

/** Finds the rows with about the largest inner products without looking at all of them. */
export interface NeighborIndex {
  /** The rows, best first; approximate: some of the true n are missed. */
  search(query: Float32Array, n: number): Int32Array;
  /** What `loadNeighborIndex` reads. */
  bytes(): Promise<Uint8Array>;
}

/** Graph links a row, candidates while building and while searching. */
const CONNECTIVITY = 16;
const EXPANSION_ADD = 128;
const EXPANSION_SEARCH = 128;

/**
 * A hierarchical navigable small world graph (Malkov & Yashunin 2020) by usearch, an optional dependency: undefined where it
 * is not installed. Rows with NaN are left out. The graph depends on the order of the rows alone (one thread).
 * Rows get one more column, sqrt(max |row|^2 - |row|^2), and queries a 0 there: among rows of one length, those at the least
 * Euclidean distance have the largest inner products (Bachrach et al. 2014, eq. 4), and a graph needs a distance.
 */
export const buildNeighborIndex = async ({ rows, columns, data }: Matrix): Promise<NeighborIndex | undefined> => {
  const index = await emptyIndex(columns + 1);
  if (!index) return undefined;
  const squares = new Float64Array(rows);
  for (let row = 0, k = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++, k++) squares[row]! += data[k]! ** 2;
  }
  const largest = squares.reduce((most, square) => (square > most ? square : most), 0);
  for (let row = 0; row < rows; row++) {
    if (Number.isNaN(squares[row]!)) continue;
    const vector = new Float32Array(columns + 1);
    vector.set(data.subarray(row * columns, (row + 1) * columns));
    vector[columns] = Math.sqrt(largest - squares[row]!);
    index.add(BigInt(row), vector, 1);
    if (row % 1000 === 0) await new Promise(setImmediate);
  }
  return neighborIndex(index);
};

/** An index over rows of `columns` numbers, as `bytes()` gave it; undefined where usearch is not installed. */
export const loadNeighborIndex = async (bytes: Uint8Array, columns: number): Promise<NeighborIndex | undefined> => {
  const index = await emptyIndex(columns + 1);
  if (!index) return undefined;
  await inFile(async (path) => {
    await writeFile(path, bytes);
    index.load(path);
  });
  return neighborIndex(index);
};

type UsearchIndex = import('usearch').Index;

const emptyIndex = async (dimensions: number): Promise<UsearchIndex | undefined> => {
  const usearch = await import('usearch').catch(() => undefined);
  if (!usearch) return undefined;
  return new usearch.Index({
    metric: usearch.MetricKind.L2sq,
    quantization: usearch.ScalarKind.F32,
    dimensions,
    connectivity: CONNECTIVITY,
    expansion_add: EXPANSION_ADD,
    expansion_search: EXPANSION_SEARCH,
    multi: false,
  });
};

const neighborIndex = (index: UsearchIndex): NeighborIndex => ({
  search: (query, n) => Int32Array.from(index.search(Float32Array.of(...query, 0), n, 1).keys, Number),
  bytes: () =>
    inFile(async (path) => {
      index.save(path);
      return readFile(path);
    }),
});

/** usearch reads and writes files alone. */
const inFile = async <T>(work: (path: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'recograph-index-'));
  try {
    return await work(join(folder, 'index'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
