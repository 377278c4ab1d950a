export { builtInMetrics, METRIC_DEFINITIONS } from './built-in.ts';
export { type AskedMetric, type Metrics, parseMetrics, refuseShadowing } from './parse.ts';
export { type MetricFactory, type MetricSlot, nameOf } from './slot.ts';
