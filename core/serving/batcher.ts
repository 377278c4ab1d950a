/**
 * Gathers single calls into batches: while one batch of a key runs, the next one fills; an idle key starts at
 * the end of the current turn of the event loop. Calls of one key keep their order.
 */
export const createBatcher = <Call, Answer>(
  run: (key: string, calls: readonly Call[]) => Promise<readonly Answer[]>,
  maxBatch: number,
) => {
  interface Waiting {
    readonly call: Call;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  const queues = new Map<string, { waiting: Waiting[]; running: boolean }>();

  const drain = async (key: string, queue: { waiting: Waiting[]; running: boolean }): Promise<void> => {
    while (queue.waiting.length > 0) {
      const batch = queue.waiting.splice(0, maxBatch);
      try {
        const answers = await run(
          key,
          batch.map(({ call }) => call),
        );
        for (const [k, { resolve }] of batch.entries()) resolve(answers[k]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    queues.delete(key);
  };

  return (key: string, call: Call): Promise<Answer> =>
    new Promise<Answer>((resolve, reject) => {
      const queue = queues.get(key) ?? { waiting: [], running: false };
      queues.set(key, queue);
      queue.waiting.push({ call, resolve, reject });
      if (queue.running) return;
      queue.running = true;
      setImmediate(() => void drain(key, queue));
    });
};
