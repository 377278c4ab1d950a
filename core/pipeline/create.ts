import type { PipelineConfig } from '../registry/sections/pipeline.ts';
import type { Bitmap } from '../spi/index.ts';
import { RecographError } from '../spi/index.ts';
import { candidateRows } from './columns/candidate-rows.ts';
import { featureColumns } from './columns/feature-columns.ts';
import { createFailures } from './failures.ts';
import { fill } from './fallback.ts';
import { gather } from './gather.ts';
import { excludedOf, intersect } from './limits.ts';
import { takeMerged } from './merge.ts';
import { createModelAccess } from './model-access.ts';
import type { Part } from './part.ts';
import { groupCollector } from './ranking-groups.ts';
import { requestsOf } from './requests.ts';
import { type Answer, answerOf, resultOf } from './result.ts';
import { selectQueries, selectRequests } from './select.ts';
import { candidateSource } from './sources.ts';
import { filter, type NamedStage, rank, rerank, stageContext } from './stages.ts';
import type { Pipeline, PipelineParts, RequestBatch, RunOptions, StageFailure } from './types.ts';

/** How many requests go through the funnel together: bounds the candidates' feature matrix. */
const MAX_PART = 256;
/** A source is a bit of an item's mask. */
const MAX_SOURCES = 32;

/**
 * Compiles a pipeline's config over fitted components. Throws UNKNOWN_REFERENCE where the config names what
 * `parts` does not hold, CONFIG_INVALID for a feature column that cannot be made.
 */
export const createPipeline = (name: string, config: PipelineConfig, parts: PipelineParts): Pipeline => {
  const { catalogue, clock, log } = parts;
  const access = createModelAccess(catalogue);
  const sources = config.candidates.map((candidate, place) => candidateSource(candidate, place, parts, access));
  const fallbacks = config.fallback.map((model) => ({ name: model, model: named(parts.models, model, 'fallback') }));
  const sourceNames = [...sources.map((source) => source.name), ...config.fallback];
  if (sourceNames.length > MAX_SOURCES) {
    const message = `pipelines.${name} has ${sourceNames.length} sources and fallbacks; the limit is ${MAX_SOURCES}.`;
    throw new RecographError('TOO_LARGE', message);
  }
  const filters = namedStages('filters', config.filters, parts.filters);
  const reranks = namedStages('rerank', config.rerank, parts.rerank);
  const rankerPart = config.ranker === undefined ? undefined : named(parts.rankers, config.ranker, 'ranker');
  const columns = rankerPart && featureColumns(rankerPart.features, parts);
  const ranker =
    rankerPart?.fitted && columns ? { name: config.ranker!, fitted: rankerPart.fitted, columns } : undefined;

  /** Nothing follows the merge that could take a candidate out or put it elsewhere. */
  const isLast = filters.length + reranks.length === 0 && config.ranker === undefined;

  /** Candidates, merged and filtered: the same road for serving and for ranking groups. */
  const upToRanker = async (part: Part) => {
    const context = stageContext(part, parts);
    const wanted = (query: number) => (isLast ? part.batch.n[query]! : Number.POSITIVE_INFINITY);
    const gathered = await gather(part, sources, config.merge, clock, wanted);
    const candidates = await filter(part, gathered.merged, filters, context, takeMerged);
    return { context, gathered, candidates };
  };

  const partOf = (batch: RequestBatch, allow: Bitmap | undefined, strict: boolean): Part => {
    const seen = Array.from(batch.excludeSeen, (asked) => (asked < 0 ? config.excludeSeen : asked === 1));
    const exclude = excludedOf(batch.queries, batch.exclude, seen, catalogue.itemCount);
    return {
      batch,
      limits: allow ? { exclude, allow } : { exclude },
      failures: createFailures(name, log, strict),
      strict,
    };
  };

  const runPart = async (part: Part, options: RunOptions): Promise<Answer[]> => {
    const { context, gathered, candidates } = await upToRanker(part);
    const ordered = ranker ? await rank(part, candidates, ranker, parts, access) : candidates;
    const lists = await rerank(part, ordered, reranks, context, clock);
    const wanted = options.fallback === false ? [] : fallbacks;
    const fills = await fill(part, lists, wanted, filters, access, context);
    return lists.map((list, q) => {
      const own = { list, fills: fills.map((added) => added[q]!), gathered, sources };
      return answerOf(q, part, own);
    });
  };

  return {
    name,
    sourceNames,
    requires: requiresOf(parts, sources, config),
    keeps: [
      ...new Set([
        ...[...filters, ...reranks].flatMap(({ stage }) => (stage.keeps ? [stage.keeps] : [])),
        ...sources.flatMap((source) => source.keeps),
      ]),
    ],
    run: async (batch, options = {}) => {
      const answers: Answer[] = new Array(batch.queries.size);
      const failures: (readonly StageFailure[])[] = new Array(batch.queries.size);
      for (const rows of sharingFilters(batch.allow)) {
        const allow = intersect(catalogue.available, batch.allow[rows[0]!]);
        const part = partOf(selectRequests(batch, rows), allow, options.strict ?? false);
        const given = await runPart(part, options);
        rows.forEach((row, k) => {
          answers[row] = given[k]!;
          failures[row] = part.failures.of(k);
        });
      }
      return resultOf(answers, failures, sourceNames);
    },
    rankingGroups: async (queries, labels, options = {}) => {
      if (!columns) throw new RecographError('INVALID_ARGUMENT', `pipelines.${name} has no ranker to make groups for.`);
      const collector = groupCollector(labels, options);
      for (let first = 0; first < queries.size; first += MAX_PART) {
        const rows = Int32Array.from({ length: Math.min(MAX_PART, queries.size - first) }, (_, k) => first + k);
        const some = selectQueries(queries, rows);
        const part = partOf(requestsOf(some, { n: 0 }), catalogue.available, true);
        const { candidates } = await upToRanker(part);
        const shown = candidateRows(parts, access, some, candidates);
        const features = await columns.assemble(shown, part.failures);
        collector.add({
          first,
          seeds: some.seeds,
          offsets: shown.offsets,
          items: shown.indices,
          columns: columns.names,
          features: features.data,
        });
      }
      return collector.collect(columns.names);
    },
  };
};

/** Places of requests with the same filter, at most MAX_PART together. */
const sharingFilters = (allow: readonly (Bitmap | undefined)[]): Int32Array[] => {
  const groups = new Map<Bitmap | undefined, number[]>();
  allow.forEach((bitmap, row) => {
    const group = groups.get(bitmap);
    if (group) group.push(row);
    else groups.set(bitmap, [row]);
  });
  return [...groups.values()].flatMap((rows) =>
    Array.from({ length: Math.ceil(rows.length / MAX_PART) }, (_, k) =>
      Int32Array.from(rows.slice(k * MAX_PART, (k + 1) * MAX_PART)),
    ),
  );
};

const namedStages = (
  section: string,
  slots: PipelineConfig['filters'],
  stages: PipelineParts['filters'],
): NamedStage[] => {
  if (slots.length !== stages.length) {
    throw new RecographError('INTERNAL', `The config has ${slots.length} ${section}, and ${stages.length} were given.`);
  }
  return slots.map((slot, place) => ({ name: `${section}[${place}].${slot.use}`, stage: stages[place]! }));
};

const named = <T>(parts: Readonly<Record<string, T>>, name: string, at: string): T => {
  if (Object.hasOwn(parts, name)) return parts[name]!;
  throw new RecographError('UNKNOWN_REFERENCE', `${at} names "${name}", which was not given to the pipeline.`, { at });
};

/** What sources, fallbacks and the ranker's columns ask to find in `queries.extra`. */
const requiresOf = (
  parts: PipelineParts,
  sources: readonly { readonly requires: readonly string[] }[],
  config: PipelineConfig,
): string[] => {
  const names = new Set(sources.flatMap((source) => source.requires));
  for (const model of config.fallback) for (const name of parts.models[model]?.requires ?? []) names.add(name);
  const references = config.ranker === undefined ? [] : (parts.rankers[config.ranker]?.features ?? []);
  for (const reference of references) {
    const extractor = Object.hasOwn(parts.features, reference) ? parts.features[reference] : undefined;
    if (extractor?.subject === 'user') for (const name of extractor.requires ?? []) names.add(name);
    const model = reference.slice(0, Math.max(0, reference.lastIndexOf('.')));
    if (Object.hasOwn(parts.models, model)) for (const name of parts.models[model]!.requires ?? []) names.add(name);
  }
  return [...names];
};
