import type { Kernels } from '../spi/index.ts';

/** One side's observations in shared memory; see `sweepAls`. */
export interface AlsSide {
  readonly offsets: Uint32Array;
  readonly indices: Int32Array;
  /** Weight of each entry; absent = all 1. */
  readonly weights?: Float32Array;
  /** What x.y should be at each entry; absent = all 1. */
  readonly targets?: Float32Array;
  /** L2 weight of each row. */
  readonly regularization: Float32Array;
}

export interface AlsSweep {
  readonly side: AlsSide;
  /** Rows to solve [rows x width], read as the start and overwritten; `width` is a multiple of 8. */
  readonly x: Float32Array;
  /** The other side, fixed. */
  readonly y: Float32Array;
  /** alpha0 y'y [width x width] (`gramInto`); absent = unobserved entries do not count. */
  readonly gram?: Float32Array;
  readonly width: number;
  /** Conjugate gradient steps from the x found; 0 = the closed form. */
  readonly steps: number;
  /** One number a row: the row's share of the objective at the x found on entry. */
  readonly losses: Float64Array;
  readonly signal?: AbortSignal;
}

/**
 * A half-step of alternating least squares: for each row r of x, given y,
 *
 *   minimise  sum_k w_k (t_k - x_r.y_k)^2 + x_r'(gram) x_r + reg_r |x_r|^2
 *
 * over its entries k. All arrays lie in shared memory. O(entries * width * steps + rows * width^2 * steps) by
 * conjugate gradient, O(entries * width^2 + rows * width^3) in closed form. (Hu, Koren, Volinsky 2008, eq. 4;
 * Takacs, Pilaszy, Tikk 2011 for the conjugate gradient.)
 */
export const sweepAls = (kernels: Kernels, sweep: AlsSweep): Promise<void> => {
  const { side, width, steps } = sweep;
  const rows = side.offsets.length - 1;
  const entries = side.indices.length;
  const perEntry = steps > 0 ? 2 * width * (steps + 1) : (width * width) / 2;
  const perRow = steps > 0 ? width * width * (steps + 1) : (width * width * width) / 6;
  const work = entries * perEntry + rows * perRow;
  return kernels.run(steps > 0 ? 'alsGradient' : 'alsCholesky', {
    tasks: rows,
    grain: Math.max(1, Math.min(64, Math.floor((rows * 4_000_000) / Math.max(1, work)))),
    scratch: 4 * width * (steps > 0 ? 3 : width + 1 + 64),
    work,
    ...(sweep.signal && { signal: sweep.signal }),
    args: [
      side.offsets,
      side.indices,
      side.weights ?? 0,
      side.targets ?? 0,
      sweep.x,
      sweep.y,
      sweep.gram ?? 0,
      side.regularization,
      sweep.losses,
      width,
      ...(steps > 0 ? [steps] : []),
    ],
  });
};
