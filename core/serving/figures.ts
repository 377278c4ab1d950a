const STAGES = ['gather', 'encode', 'run'] as const;
type Stage = (typeof STAGES)[number];

/** Counted since the service was made. */
export interface ServingFigures {
  readonly batches: number;
  /** Requests that went into batches. */
  readonly batched: number;
  /** Batches by size: of 1, up to 2, up to 4, ... */
  readonly batchSizes: Readonly<Record<string, number>>;
  /** Answers from the fallback list, by why. */
  readonly fallbacks: Readonly<Record<string, number>>;
  /** Summed over batches. `run` is from sending a batch to having its answer, waiting included. */
  readonly seconds: Readonly<Record<Stage, number>>;
}

export type Figures = ReturnType<typeof createFigures>;

export const createFigures = () => {
  let batches = 0;
  let batched = 0;
  const batchSizes: Record<string, number> = {};
  const fallbacks: Record<string, number> = {};
  const seconds: Record<Stage, number> = { gather: 0, encode: 0, run: 0 };
  return {
    /** Starts a batch; each call of what it answers with ends a stage. */
    batch: (size: number): ((stage: Stage) => void) => {
      batches++;
      batched += size;
      const bucket = String(2 ** Math.ceil(Math.log2(size)));
      batchSizes[bucket] = (batchSizes[bucket] ?? 0) + 1;
      let since = performance.now();
      return (stage) => {
        const now = performance.now();
        seconds[stage] += (now - since) / 1000;
        since = now;
      };
    },
    fallback: (code: string): void => {
      fallbacks[code] = (fallbacks[code] ?? 0) + 1;
    },
    read: (): ServingFigures => ({
      batches,
      batched,
      batchSizes: { ...batchSizes },
      fallbacks: { ...fallbacks },
      seconds: { ...seconds },
    }),
  };
};
