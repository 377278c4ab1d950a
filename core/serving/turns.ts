/** How long one turn may hold the thread, ms. */
const SLICE_MS = 5;

/** Lets long work of many requests share a thread with everything else that it has to do. */
export interface Turns {
  /**
   * Runs work to its end, a slice of 5 ms at a time by turns with what else was given, and lets the thread's other
   * events through between two slices. Resolves with undefined, the work left where it is, once `abandoned` says so.
   */
  run<T>(steps: Generator<void, T>, abandoned?: () => boolean): Promise<T | undefined>;
}

export const createTurns = (now: () => number = () => performance.now()): Turns => {
  /** Each answers whether it wants another turn. */
  const waiting: (() => boolean)[] = [];
  const next = (): void => {
    const turn = waiting.shift()!;
    if (turn()) waiting.push(turn);
    if (waiting.length > 0) setImmediate(next);
  };
  return {
    run: (steps, abandoned = () => false) =>
      new Promise((resolve, reject) => {
        const turn = (): boolean => {
          const until = now() + SLICE_MS;
          try {
            do {
              if (abandoned()) {
                resolve(undefined);
                return false;
              }
              const step = steps.next();
              if (step.done) {
                resolve(step.value);
                return false;
              }
            } while (now() < until);
            return true;
          } catch (error) {
            reject(error);
            return false;
          }
        };
        if (waiting.push(turn) === 1) setImmediate(next);
      }),
  };
};
