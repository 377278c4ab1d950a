import { type Csr, type KernelMemory, type Kernels, type Matrix, transpose } from 'recograph';
import { sparseTimesDense } from 'recograph/math';

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

export interface Convolution {
  /** out = 1 / (layers + 1) sum over k = 0 .. layers of A^k x (He et al. 2020, eq. 7 and 8); all in shared memory. */
  apply(x: NodeVectors, out: NodeVectors, signal: AbortSignal): Promise<void>;
  /** [items x width], after `apply`: the sum over k = 0 .. layers - 1 of (A^k x) of items, what their users take in. */
  readonly messages: Matrix;
}

/**
 * Light graph convolution: A is the normalised graph, symmetric over users and items together, so that the same
 * function takes gradients of `out` to gradients of x.
 */
export const convolution = (
  kernels: Kernels,
  memory: KernelMemory,
  graph: Graph,
  layers: number,
  width: number,
): Convolution => {
  const buffers = [nodeVectors(memory, graph, width), nodeVectors(memory, graph, width)] as const;
  const { items: messages } = nodeVectors(memory, graph, width);
  return {
    messages,
    apply: async (x, out, signal) => {
      out.users.data.set(x.users.data);
      out.items.data.set(x.items.data);
      let last = x;
      for (let layer = 0; layer < layers; layer++) {
        const next = buffers[layer % 2]!;
        messages.data.set(out.items.data);
        const mean = { signal, scale: layer === layers - 1 ? 1 / (layers + 1) : 1 };
        await sparseTimesDense(kernels, graph.toUsers, last.items, next.users.data, { ...mean, total: out.users.data });
        await sparseTimesDense(kernels, graph.toItems, last.users, next.items.data, { ...mean, total: out.items.data });
        last = next;
      }
    },
  };
};
