import { join } from 'node:path';
import { type ConfigInput, tokens } from 'recograph';
import { compareReports, type Evaluated } from '../../core/evaluation/index.ts';
import { createEnvironment } from '../../core/kernel/environment.ts';
import { foldsOf, optionsOf, protocolOf } from '../../core/kernel/evaluate-config.ts';
import { silentLog } from '../../core/kernel/log.ts';
import { componentGraph } from '../../core/registry/graph.ts';
import { openConfig } from '../../core/registry/open-config.ts';
import { evaluateRun } from '../../core/training/evaluate-run.ts';
import { disposeFitted } from '../../core/training/fitted.ts';
import type { Benchmark, Context } from './benchmark.ts';
import { mean } from './measure.ts';

export interface Hybrid {
  readonly name: string;
  readonly about: string;
  readonly needs: readonly string[];
  /** Has one pipeline with a ranker; its candidate models are the sources. Paths are relative to the data folder. */
  readonly config: ConfigInput;
  /** Where the data come from a store: what fills it. */
  readonly imports?: boolean;
}

const METRIC = 'ndcg@10';

/** The pipeline beside each of its sources: metrics averaged over seeds a user, then compared over users, paired. */
export const hybridBenchmark = ({ name, about, needs, config, imports }: Hybrid): Benchmark => {
  const [pipeline] = Object.keys(config.pipelines ?? {});
  return {
    name,
    about,
    needs,
    asked: { 'hybrid - best source, lower bound': { atLeast: 1e-9 } },
    run: async (context) => {
      context.runtime(config.runtime ?? 'none');
      const runs: Evaluated[] = [];
      for (const seed of context.quick ? context.seeds.slice(0, 1) : context.seeds) {
        runs.push(await evaluated(context, config, imports ?? false, seed));
        const { results, users } = runs.at(-1)!.report;
        context.note({ seed, users, results: results.map(({ target, metrics }) => ({ target, ...metrics })) });
      }
      const figures = new Map<string, number>();
      for (const { target } of runs[0]!.report.results) {
        const values = runs.map(
          ({ report }) => report.results.find((result) => result.target === target)!.metrics[METRIC]!,
        );
        figures.set(target, mean(values));
        context.figure(`${target} ${METRIC}`, mean(values));
      }
      const sources = [...figures].filter(([target]) => target.startsWith('models.')).sort((a, b) => b[1] - a[1]);
      const best = sources[0]![0];
      const together = averaged(runs);
      const [comparison] = compareReports(together, together, [[best, `pipelines.${pipeline}`]]);
      const { difference, interval } = comparison!.metrics[METRIC]!;
      context.note({ best, difference, interval });
      context.figure('hybrid - best source', figures.get(`pipelines.${pipeline}`)! - figures.get(best)!);
      context.figure('hybrid - best source, lower bound', interval![0]);
      context.figure('hybrid - best source, upper bound', interval![1]);
    },
  };
};

/** Fits the config's models and pipelines and measures them by its own protocol. */
export const evaluated = async (
  context: Context,
  config: ConfigInput,
  imports: boolean,
  seed: number,
): Promise<Evaluated> => {
  const opened = await openConfig(
    { ...config, store: { path: join(context.folder, `store-${seed}.sqlite`) } },
    context.data(),
  );
  const clock = { now: () => Date.now() };
  const environment = await createEnvironment(opened, { worker: false, clock, log: silentLog });
  try {
    const store = environment.container.get(tokens.store);
    if (imports) {
      const { importData } = await import('../../core/data/index.ts');
      const { sourcesOf } = await import('../../core/kernel/sources.ts');
      await importData(store, sourcesOf(environment, {}), {});
    }
    const section = opened.config.evaluation!;
    const { folds, ...rest } = await foldsOf(environment, store, section, seed);
    const protocol = await protocolOf(environment, section, folds[0]!, seed);
    const signal = new AbortController().signal;
    const result = await evaluateRun(
      componentGraph(opened.config, opened.components),
      folds,
      protocol,
      ['models', 'pipelines'],
      { ...environment, ...rest, seed, signal, report: () => {} },
      { ...optionsOf(environment), signal },
    );
    disposeFitted(result.run.fitted);
    return result;
  } finally {
    await environment.dispose();
  }
};

/** One value a user and metric: its mean over the runs. */
const averaged = (runs: readonly Evaluated[]): Evaluated => ({
  report: runs[0]!.report,
  samples: runs[0]!.samples!.map(({ target, folds }, t) => ({
    target,
    folds: folds.map(({ users, values }, f) => ({
      users,
      values: Object.fromEntries(
        Object.entries(values).map(([metric, first]) => [
          metric,
          first.map((_, u) => mean(runs.map(({ samples }) => samples![t]!.folds[f]!.values[metric]![u]!))),
        ]),
      ),
    })),
  })),
});
