import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Recommender } from 'recograph';
import type { Call } from '../context.ts';

/** Prometheus figures of one server. */
export interface Metrics {
  readonly contentType: string;
  observe(call: Call, seconds: number): void;
  /** The text that Prometheus reads. */
  text(): Promise<string>;
  close(): void;
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Operations are root fields, of which there are few, never names that clients choose. */
export const createMetrics = ({ store }: Recommender): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'recograph_request_duration_seconds',
    help: 'Time from the request to the end of its answer, by root field.',
    labelNames: ['operation'],
    buckets: BUCKETS,
    registers,
  });
  const errors = new Counter({
    name: 'recograph_request_errors_total',
    help: 'Errors answered, by root field and code.',
    labelNames: ['operation', 'code'],
    registers,
  });
  new Gauge({
    name: 'recograph_active_bundle_age_seconds',
    help: 'Age of the active bundle; absent where none is active.',
    registers,
    async collect() {
      this.reset();
      const active = await store.activeBundle();
      const record = (await store.bundles()).find(({ id }) => id === active);
      if (record) this.set((Date.now() - record.createdAt) / 1000);
      else this.remove();
    },
  });
  return {
    contentType: registry.contentType,
    observe: ({ operation, errors: codes }, seconds) => {
      duration.observe({ operation }, seconds);
      for (const code of codes) errors.inc({ operation, code });
    },
    text: () => registry.metrics(),
    close: () => registry.clear(),
  };
};
