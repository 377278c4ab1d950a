import { RecographError } from './error.ts';

/** Throws CANCELLED when the signal is aborted. Call it between batches, after giving the event loop a turn. */
export const throwIfCancelled = (signal: AbortSignal): void => {
  if (signal.aborted) {
    throw new RecographError('CANCELLED', 'The work was cancelled by its signal; nothing of it was kept.', {
      cause: signal.reason,
    });
  }
};

/** Gives the event loop a turn, so that an abort can arrive, then throws CANCELLED if it did. */
export const yieldToEvents = async (signal: AbortSignal): Promise<void> => {
  await new Promise<void>((resolve) => setImmediate(resolve));
  throwIfCancelled(signal);
};
