export interface BatcherOptions<Call> {
  readonly maxBatch: number;
  /** How many batches of one key may run at the same time. */
  readonly width: number;
  /** A waiting call that nobody waits for any more is dropped. */
  readonly abandoned?: (call: Call) => boolean;
}

export interface Batcher<Call, Answer> {
  submit(key: string, call: Call): Promise<Answer>;
  /** Calls that are in no batch yet. */
  waiting(): number;
}

interface Waiting<Call, Answer> {
  readonly call: Call;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue<Call, Answer> {
  waiting: Waiting<Call, Answer>[];
  running: number;
  scheduled: boolean;
}

/**
 * Gathers single calls into batches: while `width` batches of a key run, the next one fills; otherwise one starts at
 * the end of the current turn of the event loop. Calls of one key start in their order.
 */
export const createBatcher = <Call, Answer>(
  run: (key: string, calls: readonly Call[]) => Promise<readonly Answer[]>,
  { maxBatch, width, abandoned = () => false }: BatcherOptions<Call>,
): Batcher<Call, Answer> => {
  const queues = new Map<string, Queue<Call, Answer>>();
  let waiting = 0;

  const next = (queue: Queue<Call, Answer>): Waiting<Call, Answer>[] => {
    const taken = queue.waiting.splice(0, maxBatch);
    waiting -= taken.length;
    return taken.filter(({ call }) => !abandoned(call));
  };
  const drain = async (key: string, queue: Queue<Call, Answer>): Promise<void> => {
    queue.scheduled = false;
    queue.running++;
    while (queue.waiting.length > 0) {
      const batch = next(queue);
      if (batch.length === 0) continue;
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
    queue.running--;
    if (queue.running === 0) queues.delete(key);
  };

  return {
    submit: (key, call) =>
      new Promise<Answer>((resolve, reject) => {
        const queue = queues.get(key) ?? { waiting: [], running: 0, scheduled: false };
        queues.set(key, queue);
        queue.waiting.push({ call, resolve, reject });
        waiting++;
        if (queue.scheduled || queue.running >= width) return;
        queue.scheduled = true;
        setImmediate(() => void drain(key, queue));
      }),
    waiting: () => waiting,
  };
};
