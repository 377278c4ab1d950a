/** Bodies from this size on take turns: their documents and variables take a millisecond or more to read. */
const TURN_BYTES = 2048;

/**
 * Lets larger bodies in one at a time, each in its own turn of the event loop: several that come at once would hold the
 * thread for the sum of their times. Small ones do not wait.
 */
export const oneByOne = (): ((bytes: number) => Promise<void>) => {
  let last = Promise.resolve();
  return async (bytes) => {
    if (bytes < TURN_BYTES) return;
    last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
    await last;
  };
};
