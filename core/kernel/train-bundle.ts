import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AskedMetric, type EvaluationReport, parseMetrics } from '../evaluation/index.ts';
import { componentGraph, neededBy } from '../registry/graph.ts';
import { configHash } from '../registry/hash.ts';
import type { Config } from '../registry/sections/index.ts';
import { RecographError, type Store } from '../spi/index.ts';
import { bundleContents } from '../training/bundle-contents.ts';
import { writeBundle } from '../training/bundle-files.ts';
import { disposeFitted, type Fitted } from '../training/fitted.ts';
import { trainRun } from '../training/train.ts';
import type { Environment } from './environment.ts';
import { foldsOf, isRowSplit, optionsOf, protocolOf } from './evaluate-config.ts';
import { mayActivate } from './may-activate.ts';
import { isNotWorse } from './not-worse.ts';
import { readPrepared } from './prepared.ts';
import type { TrainOptions, TrainReport } from './recommender.ts';

const { version } = JSON.parse(readFileSync(new URL(import.meta.resolve('recograph/package.json')), 'utf8')) as {
  version: string;
};

/** Fits, evaluates, refits, writes the bundle and activates it. Nothing is kept of a run that fails. */
export const trainBundle = async (
  environment: Environment,
  store: Store,
  options: TrainOptions,
): Promise<TrainReport> => {
  const { config, clock, bundleFolder } = environment;
  const started = clock.now();
  const before = await store.activeBundle();
  const graph = graphFor(environment, options.pipeline);
  const signal = options.signal ?? new AbortController().signal;
  const report = options.report ?? (() => {});

  const { prepared, evaluation } = await dataOf(environment, store, signal);
  const { recordOf } = prepared;
  // files of an evaluation number their events by line, not by the store's ids
  const eventWeight = evaluation && !prepared.folds ? undefined : prepared.eventWeight;
  const run = { ...environment, recordOf, eventWeight, seed: config.seed, signal, report };
  const trained = await trainRun(graph, { all: prepared.all, ...(evaluation ? { evaluation } : {}) }, run);
  try {
    const id = `${new Date(started).toISOString().replaceAll(/[-:]|\.\d+Z/g, '')}-${randomUUID().slice(0, 8)}`;
    const metrics = Object.fromEntries(trained.report?.results.map(({ target, metrics }) => [target, metrics]) ?? []);
    const runtime = runtimeOf(environment);
    const manifest = {
      id,
      createdAt: started,
      configHash: configHash(config, environment.folder),
      dataFingerprint: prepared.all.fingerprint,
      lastEventId: prepared.lastEventId,
      versions: { recograph: version, node: process.versions.node },
      runtime,
      metrics,
    };
    const contents = await bundleContents(graph, trained, prepared.all, config, prepared.encoders, recordOf, manifest);
    if (signal.aborted) throw new RecographError('CANCELLED', 'Cancelled before the bundle was written.');
    await writeBundle(join(bundleFolder, id), contents);
    await store.addBundle({ id, createdAt: started, configHash: manifest.configHash, metrics, folder: id });
    const activate = await mayActivate(options.activate, config, {
      replaces: before !== undefined,
      diverged: trained.diverged.size > 0,
      worse: trained.worse,
      notWorse: (tolerance) => isNotWorse(store, metrics, config, firstMetric(environment), tolerance),
    });
    if (activate) await store.activateBundle(id, before ?? null);
    const figures = Object.entries(trained.figures);
    return {
      bundle: id,
      active: activate,
      runtime,
      seconds: (clock.now() - started) / 1000,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      models: Object.fromEntries(figures.map(([slot, figure]) => [slot.slice(slot.indexOf('.') + 1), figure])),
      metrics,
      why: Object.fromEntries(
        (trained.report?.results ?? []).map(({ target, why, skipped }) => [target, { ...why, ...skipped }]),
      ),
      warnings: [
        ...prepared.warnings,
        ...withoutFallback(config, trained.fitted),
        ...(trained.report?.warnings ?? []),
        ...withoutFigures(trained.report),
        ...trained.warnings,
        ...(activate || options.activate !== undefined ? [] : [notActivated(id)]),
      ],
      fingerprint: trained.report?.fingerprint ?? null,
    };
  } finally {
    disposeFitted(trained.fitted);
  }
};

/** A training measures pipelines alone, and a pipeline has no figures of predictions. */
const withoutFigures = (report: EvaluationReport | undefined): string[] =>
  report === undefined || report.results.some(({ metrics }) => Object.keys(metrics).length > 0)
    ? []
    : [
        `This training has no figures: it measures pipelines over lists, and ${report.results.length === 0 ? 'the config has none' : 'evaluation.metrics names none over lists'}. The models are measured by: recograph evaluate`,
      ];

const notActivated = (id: string): string =>
  `Bundle ${id} was not activated, for the one that serves is better: see the warnings above. To serve it all the same: recograph bundles activate ${id}`;

/** Everything, and the evaluation's parts: of the store, or read from the files that its split names. */
const dataOf = async (environment: Environment, store: Store, signal: AbortSignal) => {
  const section = environment.config.evaluation;
  const seed = section?.seed ?? environment.config.seed;
  const split = section && isRowSplit(section.split) ? section.split : undefined;
  const prepared = await readPrepared(environment, store, split, seed);
  if (prepared.all.interactions.length === 0) {
    const message = 'There is nothing to learn from: the store holds no event. Import some with: recograph import';
    throw new RecographError('DATA_EMPTY', message, { at: 'data' });
  }
  if (!section) return { prepared, evaluation: undefined };
  const folds = prepared.folds ?? (await foldsOf(environment, store, section, seed)).folds;
  const protocol = await protocolOf(environment, section, folds[0]!, seed);
  return { prepared, evaluation: { folds, protocol, options: { ...optionsOf(environment), signal } } };
};

/** Pipelines that have nothing for somebody of whom nothing is known. */
const withoutFallback = (config: Config, { models }: Fitted): string[] =>
  Object.entries(config.pipelines).flatMap(([name, { candidates, fallback }]) => {
    const forAll = candidates.some(
      (source) => !('model' in source) || models[source.model]?.capabilities.coldUsers.includes('alike'),
    );
    return forAll || fallback.length > 0
      ? []
      : [
          `pipelines.${name} has no \`fallback\` and no source that answers everybody: users of whom nothing is known get an empty list. Add fallback: ['trending'], with a popularity model.`,
        ];
  });

/** The metric that says whether a bundle may replace the active one by itself. */
const firstMetric = (environment: Environment): AskedMetric | undefined =>
  parseMetrics(environment.config.evaluation?.metrics ?? [], optionsOf(environment).metrics)[0];

/** What is fitted: all that pipelines and `similar` need; one pipeline's part where it is named. */
const graphFor = ({ config, components }: Environment, pipeline: string | undefined) => {
  const graph = componentGraph(config, components);
  if (pipeline === undefined) return graph;
  if (!Object.hasOwn(config.pipelines, pipeline)) {
    const message = `There is no pipeline "${pipeline}". Known: ${Object.keys(config.pipelines).join(', ') || 'none'}.`;
    throw new RecographError('UNKNOWN_PIPELINE', message, { at: 'pipeline' });
  }
  return neededBy(graph, [{ kind: 'pipeline', name: pipeline }]);
};

const runtimeOf = ({ runtime }: Environment): TrainReport['runtime'] =>
  runtime ? { kind: runtime.kind, device: runtime.device } : { kind: 'wasm', device: 'cpu kernels' };
