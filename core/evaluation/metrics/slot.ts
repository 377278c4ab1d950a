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

/**
 * What a report calls it: its own name, else the type, its cut and what its config says, `ndcg@10`,
 * `ndcg@10(gains=linear)`: figures of different settings never share a name.
 */
export const nameOf = (slot: MetricSlot): string => {
  if (typeof slot === 'string') return slot;
  if (slot.name !== undefined) return slot.name;
  const settings = Object.entries(slot.config ?? {}).map(
    ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  const base = slot.k === undefined ? slot.use : `${slot.use}@${slot.k}`;
  return settings.length === 0 ? base : `${base}(${settings.join(', ')})`;
};
