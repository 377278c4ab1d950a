import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Recommender, RecommendService, ServiceStats } from 'recograph';
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
export const createMetrics = ({ store, service, diskUsage }: Recommender): Metrics => {
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
  new Gauge({
    name: 'recograph_disk_bytes',
    help: 'Bytes on disk: the database with its log, and all bundles.',
    labelNames: ['of'],
    registers,
    async collect() {
      for (const [of, bytes] of Object.entries(await diskUsage())) this.set({ of }, bytes);
    },
  });
  addServing(registry, service);
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

/** Figures that the service counts by itself, read when Prometheus asks. */
const addServing = (registry: Registry, service: RecommendService): void => {
  const registers = [registry];
  const gauge = (name: string, help: string, value: (stats: ServiceStats) => number) =>
    new Gauge({
      name: `recograph_${name}`,
      help,
      registers,
      collect() {
        this.set(value(service.stats()));
      },
    });
  const counter = (name: string, help: string, value: (stats: ServiceStats) => number) =>
    new Counter({
      name: `recograph_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(service.stats()));
      },
    });
  const counters = (name: string, help: string, label: string, values: (stats: ServiceStats) => object) =>
    new Counter({
      name: `recograph_${name}_total`,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [key, value] of Object.entries(values(service.stats()))) this.inc({ [label]: key }, value);
      },
    });
  counters('stage_seconds', 'Time of micro-batches by stage.', 'stage', ({ seconds }) => seconds);
  counters('fallbacks', 'Answers from the fallback list, by why.', 'code', ({ fallbacks }) => fallbacks);
  counter('batches', 'Micro-batches.', ({ batches }) => batches);
  counter('batched_requests', 'Requests that went into micro-batches.', ({ batched }) => batched);
  counter('worker_restarts', 'Serving threads that ended and were replaced.', ({ restarts }) => restarts);
  counter('compute_seconds', 'Time spent in pipelines, all threads together.', ({ computeSeconds }) => computeSeconds);
  gauge('workers', 'Serving threads there should be; 0 = pipelines run in the main thread.', ({ workers }) => workers);
  gauge('workers_ready', 'Serving threads that serve.', ({ ready }) => ready);
  gauge('queued_requests', 'Requests in no micro-batch yet.', ({ queue }) => queue);
  gauge('batches_in_flight', 'Micro-batches under way.', ({ batchesInFlight }) => batchesInFlight);
  gauge('tensor_bytes', 'Memory of tensors where pipelines run.', ({ tensorBytes }) => tensorBytes);
};
