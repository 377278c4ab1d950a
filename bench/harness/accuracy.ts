import { join } from 'node:path';
import { type ConfigInput, createRecommender } from 'recograph';
import { nameOf } from '../../core/evaluation/index.ts';
import type { Asked, Benchmark } from './benchmark.ts';
import { mean } from './measure.ts';

/** A config to `recograph evaluate` on public data, with what others published for the same protocol. */
export interface Accuracy {
  /** Also the name of its file. */
  readonly name: string;
  readonly about: string;
  readonly needs: readonly string[];
  /** By target and metric, e.g. `models.taste ndcg@10`; or by metric alone, for every target. */
  readonly asked: Readonly<Record<string, Asked>>;
  /** By metric. */
  readonly published?: { readonly name: string; readonly metrics: Readonly<Record<string, number>> };
  /** Whether the result depends on the seed. */
  readonly random: boolean;
  /**
   * Share of the training events that `choose` holds out where the data has no validation part; default .1. Best as
   * large as the test part's: models that rest on neighbours look better the fewer events are taken out.
   */
  readonly heldOut?: number;
  /** Paths are relative to the data folder. */
  readonly config: ConfigInput;
}

/** An accuracy config as a benchmark: evaluated once a seed by the way of `recograph evaluate`, figures averaged. */
export const accuracyBenchmark = ({ name, random, config, published, asked, ...rest }: Accuracy): Benchmark => ({
  ...rest,
  name: `accuracy/${name}`,
  asked: Object.fromEntries(
    Object.keys(config.models ?? {}).flatMap((model) =>
      metricsOf(config).flatMap((metric) => {
        const bound = asked[`models.${model} ${metric}`] ?? asked[metric];
        return bound ? [[`models.${model} ${metric}`, bound]] : [];
      }),
    ),
  ),
  run: async (context) => {
    const runtime = config.runtime && (context.on ?? config.runtime);
    context.runtime(runtime ?? 'none');
    const values = new Map<string, number[]>();
    const add = (figure: string, value: number) => values.set(figure, [...(values.get(figure) ?? []), value]);
    for (const seed of random && !context.quick ? context.seeds : context.seeds.slice(0, 1)) {
      const store = { path: join(context.folder, `store-${seed}.sqlite`) };
      const recommender = await createRecommender(
        { ...config, ...(runtime && { runtime }), store },
        { folder: context.data() },
      );
      try {
        const report = await recommender.evaluate({ seed });
        for (const { target, metrics, interval, seconds } of report.results) {
          for (const [metric, value] of Object.entries(metrics)) add(`${target} ${metric}`, value ?? Number.NaN);
          add(`${target} fit`, seconds.fit);
          context.note({ target, seed, metrics, interval, seconds });
        }
        context.note({
          seed,
          users: report.users,
          seconds: report.seconds,
          warnings: report.warnings,
          fingerprint: report.fingerprint,
        });
      } finally {
        await recommender.close();
      }
    }
    for (const [figure, all] of values) {
      const known = published?.metrics[figure.split(' ')[1]!];
      const peer = known === undefined ? undefined : { name: published!.name, value: known };
      context.figure(figure, mean(all), figure.endsWith(' fit') ? 's' : '', peer);
    }
  },
});

const metricsOf = ({ evaluation }: ConfigInput): readonly string[] => (evaluation?.metrics ?? []).map(nameOf);
