import type { Csr, Kernels } from 'recograph';
import { type AlsSide, gramInto, sweepAls } from 'recograph/math';
import { penaltiesOf } from './penalties.ts';
import type { AlsProblem, AlsSolver } from './solver.ts';

/** Both sides by the CPU's kernels, in place. */
export const solveOnKernels = (kernels: Kernels, problem: AlsProblem): AlsSolver => {
  const { config, byUser, byItem, width, users, items, signal } = problem;
  const implicit = config.feedback === 'implicit';
  const work = kernels.memory();
  const sideOf = (side: Csr): AlsSide => {
    const values = work.share(side.values);
    return {
      offsets: work.share(side.offsets),
      indices: work.share(side.indices),
      ...(implicit ? { weights: values } : { targets: values }),
      regularization: work.share(penaltiesOf(config, side.offsets, side.columns)),
    };
  };
  const userSide = sideOf(byUser);
  const itemSide = sideOf(byItem);
  const gram = work.floats(width * width);
  const losses = work.doubles(Math.max(byUser.rows, byItem.rows));
  const steps = config.solver === 'cg' ? config.steps : 0;

  /** Solves x given y; the objective at the old x, but for y's penalty. */
  const sweep = async (side: AlsSide, x: Float32Array, y: Float32Array): Promise<number> => {
    const rows = side.offsets.length - 1;
    if (implicit) {
      await gramInto(kernels, { rows: y.length / width, columns: width, data: y }, config.unobservedWeight, gram);
    }
    await sweepAls(kernels, { side, x, y, ...(implicit && { gram }), width, steps, losses, signal });
    let loss = 0;
    for (let r = 0; r < rows; r++) loss += losses[r]!;
    return loss;
  };

  return {
    epoch: async () => {
      await sweep(itemSide, items, users);
      return (await sweep(userSide, users, items)) + penalty(items, itemSide.regularization, width);
    },
    pull: async () => undefined,
    dispose: () => work.release(),
  };
};

const penalty = (rows: Float32Array, weights: Float32Array, width: number): number => {
  let sum = 0;
  for (let r = 0; r < weights.length; r++) {
    let squares = 0;
    for (let k = r * width; k < (r + 1) * width; k++) squares += rows[k]! * rows[k]!;
    sum += weights[r]! * squares;
  }
  return sum;
};
