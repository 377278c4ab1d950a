import type { Csr, Kernels, Matrix, Rng } from '../spi/index.ts';

/**
 * Rows of a BPR model in shared memory: the factors, then the bias, then zeros up to `columns`, a multiple of 4.
 * A user's bias place holds 1, so a score is one dot product.
 */
export interface BprRows {
  readonly users: Matrix;
  readonly items: Matrix;
  /** Place of the bias in a row: the number of factors. */
  readonly bias: number;
}

export interface BprSteps {
  readonly learningRate: number;
  /** L2 of every row that a step touches. */
  readonly regularization: number;
  /** How often an item is drawn as a negative, relative to others; absent = all alike. */
  readonly negativeWeights?: Float64Array;
}

export interface BprEpochs {
  /** One step a positive, in random order; answers with the mean of -ln sigma(x). */
  epoch(rows: BprRows, rng: Rng): Promise<number>;
  release(): void;
}

/** `factors` and a bias, rounded up to whole SIMD lanes. */
export const bprWidth = (factors: number): number => (factors + 4) & ~3;

/** Steps that one task of a round is about, and items that a block of negatives has at least. */
const STEPS_PER_TASK = 4000;
const ITEMS_PER_BLOCK = 64;

/**
 * Epochs of stochastic gradient descent on -ln sigma(x(u, i) - x(u, j)) + L2 (Rendle et al. 2009, figure 4): i a
 * positive of u, j an item that is none. Users and items are dealt into blocks, items anew each epoch; the pairs of
 * blocks are worked through in rounds in which no two tasks share a row (stratified SGD, Gemulla et al. 2011). The
 * number of blocks follows from the data alone: any number of threads gives the same rows. A negative comes from its
 * positive's block; over the epochs every pair of items meets.
 */
export const createBprEpochs = (kernels: Kernels, positives: Csr, steps: BprSteps, signal: AbortSignal): BprEpochs => {
  const { rows: userCount, columns: itemCount } = positives;
  const entries = positives.indices.length;
  const wanted = Math.ceil(Math.sqrt(entries / STEPS_PER_TASK));
  const blocks = Math.max(1, Math.min(64, userCount, wanted, Math.floor(itemCount / ITEMS_PER_BLOCK)));
  const memory = kernels.memory();
  const offsets = memory.share(positives.offsets);
  const items = memory.share(positives.indices);
  const userBlocks = memory.uints(blocks + 1);
  const itemBlocks = memory.uints(blocks + 1);
  const itemBlock = memory.bytes(itemCount);
  const blockItems = memory.ints(itemCount);
  const cumulative = steps.negativeWeights ? memory.doubles(itemCount) : 0;
  const cells = memory.uints(blocks * blocks + 1);
  const cellUsers = memory.ints(entries);
  const cellItems = memory.ints(entries);
  const losses = memory.doubles(blocks * blocks * 4);

  for (let b = 1, user = 0; b <= blocks; b++) {
    while (user < userCount && offsets[user]! < (b * entries) / blocks) user++;
    userBlocks[b] = b === blocks ? userCount : user;
  }
  for (let b = 0; b <= blocks; b++) itemBlocks[b] = Math.floor((b * itemCount) / blocks);
  for (let item = 0; item < itemCount; item++) blockItems[item] = item;

  const deal = (rng: Rng): Promise<void> => {
    for (let left = itemCount; left > 1; left--) {
      const other = rng.int(left);
      const item = blockItems[other]!;
      blockItems[other] = blockItems[left - 1]!;
      blockItems[left - 1] = item;
    }
    for (let b = 0; b < blocks; b++) {
      for (let k = itemBlocks[b]!; k < itemBlocks[b + 1]!; k++) itemBlock[blockItems[k]!] = b;
    }
    if (cumulative !== 0) accumulate(cumulative, (place) => steps.negativeWeights![blockItems[place]!]!);
    return kernels.run('bprDeal', {
      tasks: blocks,
      scratch: blocks * 4,
      work: entries * 4,
      args: [blocks, userBlocks, offsets, items, itemBlock, cells, cellUsers, cellItems],
    });
  };

  return {
    epoch: async ({ users, items: itemRows, bias }, rng) => {
      for (let item = 0; item < itemCount; item++) blockItems[item] = item;
      await deal(rng);
      const seed = rng.int(2 ** 32);
      for (let round = 0; round < blocks; round++) {
        await kernels.run('bprRound', {
          tasks: blocks,
          work: (entries / blocks) * users.columns * 8,
          signal,
          args: [
            ...[blocks, round, cells, cellUsers, cellItems, itemBlocks, blockItems, cumulative, offsets, items],
            ...[users.data, itemRows.data, users.columns, bias, steps.learningRate, steps.regularization, seed, losses],
          ],
        });
      }
      return meanLoss(losses);
    },
    release: () => memory.release(),
  };
};

export interface BprFoldIn extends BprSteps {
  /** The positives of each query [queries x items], in shared memory or not. */
  readonly positives: Csr;
  readonly items: Matrix;
  readonly bias: number;
  readonly epochs: number;
  /** One a query. */
  readonly seeds: Uint32Array;
  /** Where the rows start, in shared memory; they are overwritten. */
  readonly rows: Float32Array;
}

/**
 * Rows for users who came after training: the same steps on the user's row alone, `epochs` times over its positives,
 * the rate falling to zero along a line. Depends on the query's own seed only.
 */
export const foldInBpr = async (kernels: Kernels, fold: BprFoldIn): Promise<void> => {
  const { positives, items, negativeWeights } = fold;
  const memory = kernels.memory();
  try {
    const cumulative = negativeWeights ? memory.doubles(items.rows) : 0;
    if (cumulative !== 0) accumulate(cumulative, (item) => negativeWeights![item]!);
    await kernels.run('bprFoldIn', {
      tasks: positives.rows,
      work: positives.indices.length * fold.epochs * items.columns * 4,
      args: [
        ...[memory.share(positives.offsets), memory.share(positives.indices), items.rows, cumulative],
        ...[memory.share(items.data), items.columns, fold.bias, fold.learningRate, fold.regularization, fold.epochs],
        ...[memory.share(fold.seeds), fold.rows],
      ],
    });
  } finally {
    memory.release();
  }
};

const accumulate = (cumulative: Float64Array, weight: (place: number) => number): void => {
  let sum = 0;
  for (let place = 0; place < cumulative.length; place++) {
    sum += weight(place);
    cumulative[place] = sum;
  }
};

/** See `bprRound` for what a cell leaves. */
const meanLoss = (losses: Float64Array): number => {
  let sum = 0;
  let steps = 0;
  for (let cell = 0; cell < losses.length; cell += 4) {
    if (losses[cell + 3] === 0) continue;
    sum += losses[cell]! + losses[cell + 1]! * Math.LN10 + Math.log(losses[cell + 2]!);
    steps += losses[cell + 3]!;
  }
  return steps === 0 ? 0 : sum / steps;
};
