import type { Kernels, Matrix } from '../spi/index.ts';

/**
 * scale * y'y, [columns x columns], of y [rows x columns] in shared memory, into `out` (shared, too). `columns` must be
 * a multiple of 8. Blocks of rows are summed in float32, the blocks in float64, in a fixed order.
 */
export const gramInto = async (kernels: Kernels, y: Matrix, scale: number, out: Float32Array): Promise<void> => {
  const width = y.columns;
  const blockRows = Math.max(1024, Math.ceil(y.rows / 64));
  const blocks = Math.ceil(y.rows / blockRows);
  const memory = kernels.memory();
  try {
    const partials = memory.floats(blocks * width * width);
    const work = (y.rows * width * width) / 2;
    await kernels.run('gramPartials', { tasks: blocks, work, args: [y.data, y.rows, width, blockRows, partials] });
    await kernels.run('gramSum', {
      tasks: width,
      work: blocks * width * width,
      args: [partials, blocks, width, scale, out],
    });
  } finally {
    memory.release();
  }
};

/** y'y of any matrix, as a matrix of its own. */
export const gram = async (kernels: Kernels, y: Matrix): Promise<Matrix> => {
  const width = roundUp(y.columns);
  const memory = kernels.memory();
  try {
    const padded = width === y.columns ? memory.share(y.data) : memory.floats(y.rows * width);
    if (width !== y.columns) {
      for (let r = 0; r < y.rows; r++) padded.set(y.data.subarray(r * y.columns, (r + 1) * y.columns), r * width);
    }
    const out = memory.floats(width * width);
    await gramInto(kernels, { rows: y.rows, columns: width, data: padded }, 1, out);
    const data = new Float32Array(y.columns * y.columns);
    for (let r = 0; r < y.columns; r++) data.set(out.subarray(r * width, r * width + y.columns), r * y.columns);
    return { rows: y.columns, columns: y.columns, data };
  } finally {
    memory.release();
  }
};

/** The next multiple of 8: the row length that kernels over factor rows ask for. */
export const roundUp = (width: number): number => (width + 7) & ~7;
