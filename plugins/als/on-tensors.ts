import type { Csr, Tensor, TensorRuntime } from 'recograph';
import { throwIfCancelled } from 'recograph';
import { type Block, type Layout, layoutOf } from './blocks.ts';
import { penaltiesOf } from './penalties.ts';
import type { AlsProblem, AlsSolver } from './solver.ts';

/** Numbers of the other side's rows that one block reads: bounds the memory of a step (64 MiB). */
const BLOCK_FLOATS = 2 ** 24;

/** A block's entries on the device; padding has weight 0. */
interface Entries extends Block {
  /** [rows * length], places on the other side. */
  readonly columns: Tensor;
  /** [rows x length x 1]. */
  readonly weights: Tensor;
  readonly targets: Tensor;
  /** [rows x 1]. */
  readonly regularization: Tensor;
}

/** Both sides by batched conjugate gradient on the device: the formulas of `sweepAls`, a block of rows at a time. */
export const solveOnTensors = (runtime: TensorRuntime, problem: AlsProblem): AlsSolver => {
  const { tf } = runtime;
  const { config, byUser, byItem, width, signal } = problem;
  const { factors, steps, unobservedWeight } = config;
  const implicit = config.feedback === 'implicit';
  const capacity = Math.floor(BLOCK_FLOATS / factors);
  const layouts = { user: layoutOf(byUser, capacity), item: layoutOf(byItem, capacity) };

  const upload = (rows: Float32Array, { order }: Layout): Tensor => {
    const data = new Float32Array(order.length * factors);
    order.forEach((row, at) => {
      data.set(rows.subarray(row * width, row * width + factors), at * factors);
    });
    return tf.tensor2d(data, [order.length, factors]);
  };
  const entriesOf = (side: Csr, { blocks, order }: Layout, other: Layout): Entries[] => {
    const penalties = penaltiesOf(config, side.offsets, side.columns);
    return blocks.map((block) => {
      const { first, rows, length } = block;
      const columns = new Int32Array(rows * length);
      const weights = new Float32Array(rows * length);
      const targets = new Float32Array(rows * length);
      const regularization = new Float32Array(rows);
      for (let r = 0; r < rows; r++) {
        const row = order[first + r]!;
        regularization[r] = penalties[row]!;
        for (let k = side.offsets[row]!, at = r * length; k < side.offsets[row + 1]!; k++, at++) {
          columns[at] = other.place[side.indices[k]!]!;
          weights[at] = implicit ? side.values[k]! : 1;
          targets[at] = implicit ? 1 : side.values[k]!;
        }
      }
      return {
        ...block,
        columns: tf.tensor1d(columns, 'int32'),
        weights: tf.tensor3d(weights, [rows, length, 1]),
        targets: tf.tensor3d(targets, [rows, length, 1]),
        regularization: tf.tensor2d(regularization, [rows, 1]),
      };
    });
  };
  const userEntries = entriesOf(byUser, layouts.user, layouts.item);
  const itemEntries = entriesOf(byItem, layouts.item, layouts.user);
  let users = upload(problem.users, layouts.user);
  let items = upload(problem.items, layouts.item);

  const inner = (a: Tensor, b: Tensor): Tensor => tf.sum(tf.mul(a, b), 1, true);

  /** A block's rows given y, and its share of the objective at the old ones. */
  const solveBlock = (block: Entries, start: Tensor, y: Tensor, gram: Tensor | undefined) =>
    tf.tidy(() => {
      const { rows, length, regularization, weights, targets } = block;
      if (length === 0) return { x: tf.zeros([rows, factors]), loss: tf.scalar(0) };
      const seen = tf.reshape(tf.gather(y, block.columns as never), [rows, length, factors]);
      const scores = (v: Tensor): Tensor => tf.matMul(seen, tf.reshape(v, [rows, factors, 1]));
      const gather = (coefficients: Tensor): Tensor =>
        tf.reshape(tf.matMul(seen, tf.mul(weights, coefficients), true), [rows, factors]);
      const regularised = (v: Tensor): Tensor => {
        const own = tf.mul(regularization, v);
        return gram ? tf.add(tf.matMul(v, gram), own) : own;
      };
      const errors = tf.sub(targets, scores(start));
      const penalty = regularised(start);
      const loss = tf.add(tf.sum(tf.mul(weights, tf.square(errors))), tf.sum(tf.mul(start, penalty)));
      let x = start;
      let residual = tf.sub(gather(errors), penalty);
      let direction = residual;
      let norm = inner(residual, residual);
      for (let step = 0; step < steps; step++) {
        const image = tf.add(regularised(direction), gather(scores(direction)));
        const length = tf.divNoNan(norm, inner(direction, image));
        x = tf.add(x, tf.mul(length, direction));
        if (step + 1 === steps) break;
        residual = tf.sub(residual, tf.mul(length, image));
        const next = inner(residual, residual);
        direction = tf.add(residual, tf.mul(tf.divNoNan(next, norm), direction));
        norm = next;
      }
      return { x, loss };
    });

  const sweep = (blocks: readonly Entries[], old: Tensor, y: Tensor) =>
    tf.tidy(() => {
      const gram = implicit ? tf.mul(tf.matMul(y, y, true), unobservedWeight) : undefined;
      const solved = blocks.map((block) =>
        solveBlock(block, tf.slice(old, [block.first, 0], [block.rows, factors]), y, gram),
      );
      return {
        x: tf.concat(
          solved.map(({ x }) => x),
          0,
        ),
        loss: tf.addN(solved.map(({ loss }) => loss)),
      };
    });

  const download = async (tensor: Tensor, { order }: Layout, out: Float32Array): Promise<void> => {
    const data = await tensor.data<'float32'>();
    order.forEach((row, at) => {
      out.set(data.subarray(at * factors, (at + 1) * factors), row * width);
    });
  };

  return {
    epoch: async () => {
      const item = sweep(itemEntries, items, users);
      tf.dispose([items, item.loss]);
      items = item.x;
      const user = sweep(userEntries, users, items);
      const objective = tf.tidy(() => {
        const penalties = itemEntries.map(({ first, rows, regularization }) => {
          const x = tf.slice(items, [first, 0], [rows, factors]);
          return tf.sum(tf.mul(regularization, tf.square(x)));
        });
        return tf.addN([user.loss, ...penalties]);
      });
      tf.dispose([users, user.loss]);
      users = user.x;
      const [value] = await objective.data<'float32'>();
      objective.dispose();
      throwIfCancelled(signal);
      return value!;
    },
    pull: async () => {
      await Promise.all([download(users, layouts.user, problem.users), download(items, layouts.item, problem.items)]);
    },
    dispose: () => {
      for (const { columns, weights, targets, regularization } of [...userEntries, ...itemEntries]) {
        tf.dispose([columns, weights, targets, regularization]);
      }
      tf.dispose([users, items]);
    },
  };
};
