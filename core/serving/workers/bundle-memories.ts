import { createMemory } from '../../math/wasm.ts';
import type { TensorFiles } from '../../training/bundle-files.ts';
import type { BundleMemory } from './messages.ts';

/** One shared memory a bundle; `User` is a thread. */
export interface BundleMemories<User> {
  /** The bundle's memory, of which `user` is now one of the users. */
  join(bundle: string, user: User): BundleMemory;
  /** Some thread is reading the tensors into the bundle's memory. */
  isFilling(bundle: string): boolean;
  placed(id: number, files: TensorFiles): void;
  /** The next to join gets another memory: nobody wants the bundle any more, or its reader failed. */
  drop(bundle: string): void;
  /** The user uses the memory no more; without an id: it has died, and what it had taken in each stays taken. */
  leave(user: User, id?: number): void;
}

interface Held<User> {
  memory: BundleMemory;
  readonly bundle: string;
  readonly users: Set<User>;
  dropped: boolean;
}

/**
 * A memory without users is kept for the next bundle, one at most: when one that is let go of is really freed is up to
 * the garbage collectors of all threads that ever saw it, and they don't count its bytes.
 */
export const createBundleMemories = <User>(): BundleMemories<User> => {
  const byBundle = new Map<string, Held<User>>();
  const all = new Map<number, Held<User>>();
  let spare: BundleMemory | undefined;
  let nextId = 0;

  const forget = (held: Held<User>): void => {
    if (byBundle.get(held.bundle) === held) byBundle.delete(held.bundle);
    held.dropped = true;
  };
  const settle = (held: Held<User>): void => {
    if (!held.dropped || held.users.size > 0) return;
    all.delete(held.memory.id);
    const { shared } = held.memory;
    // Nothing of it is allocated any more.
    new Uint8Array(shared.buffer, 0, ALLOCATOR_BYTES).fill(0);
    spare = { id: nextId++, shared };
  };
  return {
    join: (bundle, user) => {
      let held = byBundle.get(bundle);
      if (!held) {
        held = { memory: spare ?? { id: nextId++, shared: createMemory() }, bundle, users: new Set(), dropped: false };
        spare = undefined;
        byBundle.set(bundle, held);
        all.set(held.memory.id, held);
      }
      held.users.add(user);
      return held.memory;
    },
    isFilling: (bundle) => byBundle.has(bundle) && byBundle.get(bundle)!.memory.files === undefined,
    placed: (id, files) => {
      const held = all.get(id);
      if (held) held.memory = { ...held.memory, files };
    },
    drop: (bundle) => {
      const held = byBundle.get(bundle);
      if (!held) return;
      forget(held);
      settle(held);
    },
    leave: (user, id) => {
      for (const held of all.values()) {
        if (id !== undefined && held.memory.id !== id) continue;
        if (!held.users.delete(user)) continue;
        if (id === undefined && hasLeaked(held.memory)) forget(held);
        settle(held);
      }
    },
  };
};

const MAX_SCRATCH_BYTES = 512 * 1024 * 1024;
/** Far more is taken than the tensors and some scratch: who joins next had better begin anew. */
const hasLeaked = ({ shared, files }: BundleMemory): boolean => {
  const tensors = Object.values(files ?? {}).reduce((sum, { byteLength }) => sum + byteLength, 0);
  return new Uint32Array(shared.buffer, TAKEN, 1)[0]! > 2 * tensors + MAX_SCRATCH_BYTES;
};

/** Where the kernels' allocator keeps its state (assembly/memory.ts). */
const ALLOCATOR_BYTES = 1024;
/** There: the end of what is taken. */
const TAKEN = 64;
