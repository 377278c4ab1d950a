import { type Csr, gatherRows, type KernelMemory, type Kernels, type Matrix, transpose } from 'recograph';
import { sparseTimesDense } from 'recograph/math';
import { addRows, pickRows } from './rows.ts';

/** Who chose what, in shared memory: entry (u, i) is 1 / sqrt(choices of u * users of i), and the same transposed. */
export interface Graph {
  readonly toUsers: Csr;
  readonly toItems: Csr;
}

export const interactionGraph = (positives: Csr, memory: KernelMemory): Graph => {
  const byItem = transpose(positives);
  const degree = ({ offsets }: Csr, row: number): number => offsets[row + 1]! - offsets[row]!;
  const normalised = (own: Csr, other: Csr): Csr => {
    const values = memory.floats(own.indices.length);
    for (let row = 0; row < own.rows; row++) {
      for (let k = own.offsets[row]!; k < own.offsets[row + 1]!; k++) {
        values[k] = 1 / Math.sqrt(degree(own, row) * degree(other, own.indices[k]!));
      }
    }
    return { ...own, offsets: memory.share(own.offsets), indices: memory.share(own.indices), values };
  };
  return { toUsers: normalised(positives, byItem), toItems: normalised(byItem, positives) };
};

/** Vectors of all users and items, [users x width] and [items x width]. */
export interface NodeVectors {
  readonly users: Matrix;
  readonly items: Matrix;
}

export const nodeVectors = (memory: KernelMemory, { toUsers, toItems }: Graph, width: number): NodeVectors => ({
  users: { rows: toUsers.rows, columns: width, data: memory.floats(toUsers.rows * width) },
  items: { rows: toItems.rows, columns: width, data: memory.floats(toItems.rows * width) },
});

/** Some users of a graph, who alone are asked: their rows of it, and the same transposed. */
export interface UserPart {
  readonly users: Int32Array;
  /** [users.length x items] and [items x users.length]. */
  readonly toUsers: Csr;
  readonly toItems: Csr;
}

export const userPart = ({ toUsers: all }: Graph, users: Int32Array): UserPart => {
  const toUsers = gatherRows(all, users);
  return { users, toUsers, toItems: transpose(toUsers) };
};

/**
 * Light graph convolution: C x = 1 / (layers + 1) sum over k = 0 .. layers of A^k x (He et al. 2020, eq. 7 and 8), A the
 * normalised graph over users and items together. All vectors lie in shared memory.
 */
export interface Convolution {
  /** out = C x. */
  all(x: NodeVectors, out: NodeVectors, signal: AbortSignal): Promise<void>;
  /** out = C x of a part's users and all items: the last layer's product takes the part's rows alone. */
  forward(x: NodeVectors, part: UserPart, out: NodeVectors, signal: AbortSignal): Promise<void>;
  /**
   * From gradients of what `forward` gave, `part.users` and all items, those of x: C again, for A is symmetric. The first
   * layer's product has the part's rows alone to bring.
   */
  backward(gradient: NodeVectors, part: UserPart, out: NodeVectors, signal: AbortSignal): Promise<void>;
  /** [items x width], after `all`: the sum over k = 0 .. layers - 1 of (A^k x) of items, what their users take in. */
  readonly messages: Matrix;
}

export const convolution = (
  kernels: Kernels,
  memory: KernelMemory,
  graph: Graph,
  layers: number,
  width: number,
): Convolution => {
  const buffers = [nodeVectors(memory, graph, width), nodeVectors(memory, graph, width)] as const;
  const { items: messages } = nodeVectors(memory, graph, width);
  const layersOf = function* () {
    for (let layer = 0; layer < layers; layer++) {
      const isLast = layer === layers - 1;
      yield { isFirst: layer === 0, isLast, next: buffers[layer % 2]!, scale: isLast ? 1 / (layers + 1) : 1 };
    }
  };
  const times = (x: Csr, b: Matrix, out: Matrix, scale: number, signal: AbortSignal, total?: Matrix) =>
    sparseTimesDense(kernels, x, b, out.data, { signal, scale, ...(total && { total: total.data }) });

  return {
    messages,
    all: async (x, out, signal) => {
      out.users.data.set(x.users.data);
      out.items.data.set(x.items.data);
      let last = x;
      for (const { next, scale } of layersOf()) {
        messages.data.set(out.items.data);
        await times(graph.toUsers, last.items, next.users, scale, signal, out.users);
        await times(graph.toItems, last.users, next.items, scale, signal, out.items);
        last = next;
      }
    },
    forward: async (x, part, out, signal) => {
      out.users.data.set(pickRows(x.users, part.users).data);
      out.items.data.set(x.items.data);
      let last = x;
      for (const { isLast, next, scale } of layersOf()) {
        if (isLast) {
          const found = { ...out.users, data: next.users.data.subarray(0, out.users.data.length) };
          await times(part.toUsers, last.items, found, scale, signal, out.users);
        } else {
          await times(graph.toUsers, last.items, next.users, scale, signal);
          addPicked(next.users, part.users, out.users);
        }
        await times(graph.toItems, last.users, next.items, scale, signal, out.items);
        last = next;
      }
    },
    backward: async (gradient, part, out, signal) => {
      out.users.data.fill(0);
      addRows(out.users, part.users, gradient.users.data);
      out.items.data.set(gradient.items.data);
      let last = gradient;
      for (const { isFirst, next, scale } of layersOf()) {
        await times(graph.toUsers, last.items, next.users, scale, signal, out.users);
        await times(isFirst ? part.toItems : graph.toItems, last.users, next.items, scale, signal, out.items);
        last = next;
      }
    },
  };
};

/** to[r] += from[rows[r]]. */
const addPicked = ({ columns, data }: Matrix, rows: Int32Array, to: Matrix): void => {
  rows.forEach((row, r) => {
    for (let c = 0; c < columns; c++) to.data[r * columns + c]! += data[row * columns + c]!;
  });
};
