import { folderFiles } from '../../data/index.ts';
import type { FeatureRows, Log } from '../../spi/index.ts';
import type { ItemInputs } from './network.ts';

export interface GridSource<A extends Uint8Array | Float32Array> {
  /** The item field that names the file; raw text. */
  readonly field: string;
  readonly folder: string;
  /** [height, width, channels]. */
  readonly shape: readonly [number, number, number];
  /** The grid of one file, row-major. Throws where it is none. */
  decode(file: Buffer): Promise<A>;
  /** What the network sees of a decoded value. */
  value(decoded: number): number;
}

/** Files decoded at the same time. */
const AT_ONCE = 8;

/**
 * The items' files as grids. What is missing, cannot be read or decoded, or lies outside the folder has none, and is counted in a
 * warning.
 */
export const readGrids = async <A extends Uint8Array | Float32Array>(
  items: FeatureRows,
  { field, folder, shape, decode, value }: GridSource<A>,
  log: Log,
): Promise<ItemInputs> => {
  const read = await folderFiles(folder);
  const column = items.columns[field];
  const names = column?.kind === 'text' ? column.values : [];
  const grids: (A | undefined)[] = new Array(items.rows);
  let next = 0;
  let failed = 0;
  const work = async (): Promise<void> => {
    for (let row = next++; row < names.length; row = next++) {
      const name = names[row];
      if (!name) continue;
      try {
        grids[row] = await decode(await read(name));
      } catch {
        failed++;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failed > 0) log.warn({ field, failed }, 'files could not be read; these items have no vector');
  const size = shape[0] * shape[1] * shape[2];
  return {
    rows: items.rows,
    has: (row) => grids[row] !== undefined,
    feeds: (rows) => {
      const data = new Float32Array(rows.length * size);
      rows.forEach((row, r) => {
        const grid = grids[row]!;
        for (let k = 0; k < size; k++) data[r * size + k] = value(grid[k]!);
      });
      return { grid: { data, shape: [rows.length, ...shape] } };
    },
  };
};
