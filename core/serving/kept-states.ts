import type { Json, KeptState, Log, StateChange, Store } from '../spi/index.ts';

const WRITE_EVERY_MS = 1000;

/** Kept states of stages (bandit counts): read once, folded here, written behind at most once a second. */
export interface KeptStates {
  /** The states by name, for `queries.extra`. */
  read(keeps: readonly KeptState[]): Promise<Record<string, Json>>;
  fold(keeps: readonly KeptState[], change: StateChange): Promise<void>;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

export const createKeptStates = (store: Store, log: Log): KeptStates => {
  const states = new Map<string, Promise<Json>>();
  const dirty = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const stateOf = (keep: KeptState): Promise<Json> => {
    let state = states.get(keep.name);
    if (!state) {
      state = store.keptState(keep.name).then((stored) => stored ?? keep.initial);
      states.set(keep.name, state);
    }
    return state;
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const names = [...dirty];
    dirty.clear();
    for (const name of names) {
      try {
        await store.putKeptState(name, await states.get(name)!);
      } catch (error) {
        dirty.add(name);
        throw error;
      }
    }
  };

  return {
    read: async (keeps) => {
      const entries = await Promise.all(keeps.map(async (keep) => [keep.name, await stateOf(keep)] as const));
      return Object.fromEntries(entries);
    },
    fold: async (keeps, change) => {
      for (const keep of keeps) {
        const next = stateOf(keep).then((state) => keep.reduce(state, change));
        states.set(keep.name, next);
        dirty.add(keep.name);
        await next;
      }
      if (keeps.length > 0 && timer === undefined) {
        timer = setTimeout(() => {
          flush().catch((error) => log.error({ error }, 'kept state could not be written; it is tried again'));
        }, WRITE_EVERY_MS);
        timer.unref();
      }
    },
    flush,
  };
};
