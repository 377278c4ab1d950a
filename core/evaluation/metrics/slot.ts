import type { z } from 'zod';
import type { Metric } from '../../spi/index.ts';

/** A metric as a config asks for it: `ndcg@10`, or with a config of its own, and a name of its own in the report. */
export type MetricSlot =
  | string
  | {
      readonly use: string;
      readonly k?: number | undefined;
      readonly config?: unknown;
      readonly name?: string | undefined;
    };

/** Makes a metric from its config. */
export interface MetricFactory {
  readonly schema: z.ZodType;
  create(config: unknown): Metric;
}

/** What a report calls it: its own name, else the type and its cut, `ndcg@10`. */
export const nameOf = (slot: MetricSlot): string => {
  if (typeof slot === 'string') return slot;
  return slot.name ?? (slot.k === undefined ? slot.use : `${slot.use}@${slot.k}`);
};
