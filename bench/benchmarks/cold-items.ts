import {
  createRuntime,
  type Extractor,
  type FittedModel,
  type Inputs,
  type ItemExtractor,
  type Model,
} from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import { content } from 'recograph/plugins/content';
import { factorMapping } from 'recograph/plugins/factor-mapping';
import { textCnn } from 'recograph/plugins/text-cnn';
import { textRnn } from 'recograph/plugins/text-rnn';
import type { Benchmark, Context } from '../harness/benchmark.ts';
import {
  type ColdDraw,
  type ColdFigures,
  coldFigures,
  differenceOf,
  drawColdItems,
  meanOf,
  readColdMovies,
} from '../harness/cold-items.ts';
import { timed } from '../harness/measure.ts';

const words = { fields: ['abstract'], vectors: 'taste' };

/** Extractors whose vectors are mapped to the factors of one ALS model; the first is what the others are held against. */
const ARMS: Readonly<
  Record<
    string,
    readonly [
      component: { schema: { parse(raw: unknown): unknown }; create(config: never, deps: never): unknown },
      config: object,
    ]
  >
> = {
  'tf-idf + genres': [content, { fields: ['abstract', 'genres'], dimensions: 128 }],
  genres: [content, { fields: ['genres'] }],
  'tf-idf': [content, { fields: ['abstract'], dimensions: 128 }],
  'text-cnn': [textCnn, words],
  'text-rnn': [textRnn, words],
};
const BASELINE = 'tf-idf + genres';

export default {
  name: 'cold-items',
  about:
    'A tenth of the items of sasrec-ml-1m held out, ranked for those who chose them by what their abstracts say: NDCG@20 among the cold items and among all. Arguments: names of extractors, default all.',
  needs: ['sasrec-ml-1m', 'ml-1m', 'ml-1m-abstracts', 'ml-1m-posters'],
  asked: {
    'text-cnn - tf-idf + genres, among cold, lower bound': { atLeast: 1e-9 },
    'text-cnn - tf-idf + genres, among all, lower bound': { atLeast: 1e-9 },
  },
  run: async (context) => {
    const movies = readColdMovies(context);
    const names = context.args.filter((name) => name in ARMS);
    const arms = [...new Set([BASELINE, ...(names.length > 0 ? names : Object.keys(ARMS))])];
    const figures = new Map<string, ColdFigures[]>(arms.map((name) => [name, []]));
    const runtime = await createRuntime('auto');
    const kernels = createKernels({ threads: context.threads });
    context.runtime(runtime.kind);
    for (const seed of context.quick ? context.seeds.slice(0, 1) : context.seeds) {
      const draw = drawColdItems(movies, ['abstract'], seed);
      const fit = fitterOf(draw, { runtime, kernels }, seed);
      const taste = (await fit<Model>(als, { factors: 64, regularization: 0.01 }, {})) as FittedModel;
      for (const name of arms) {
        const [component, config] = ARMS[name]!;
        const { value, seconds } = await timed(() => fit<Extractor>(component, config, { taste }));
        const extractor = value as ItemExtractor;
        const model = (await fit<Model>(
          factorMapping,
          { model: 'taste', vectors: 'text' },
          { taste, text: extractor },
        )) as FittedModel;
        const found = await coldFigures(model, draw);
        figures.get(name)!.push(found);
        context.note({ seed, name, seconds, amongCold: meanOf([found.amongCold]), amongAll: meanOf([found.amongAll]) });
        extractor.dispose?.();
      }
    }
    report(context, figures);
    runtime.dispose();
    await kernels.dispose();
  },
} satisfies Benchmark;

const fitterOf =
  ({ data }: ColdDraw, deps: object, seed: number) =>
  <C extends Model | Extractor>(
    component: (typeof ARMS)[string][0],
    config: object,
    parts: Readonly<Record<string, unknown>>,
  ) => {
    const inputs = {
      model: (name: string) => parts[name],
      feature: (name: string) => parts[name],
      vectors: (name: string) => parts[name],
    };
    const made = component.create(component.schema.parse(config) as never, deps as never) as C;
    const options = { rng: createRng(seed), signal: new AbortController().signal, report: () => undefined };
    return made.fit(data, inputs as unknown as Inputs, options) as ReturnType<C['fit']>;
  };

const report = (context: Context, figures: ReadonlyMap<string, readonly ColdFigures[]>): void => {
  for (const [place, label] of [
    ['amongCold', 'among cold'],
    ['amongAll', 'among all'],
  ] as const) {
    const of = (name: string) => figures.get(name)!.map((draw) => draw[place]);
    for (const name of figures.keys()) {
      context.figure(`${name}, ${label}`, meanOf(of(name)));
      if (name === BASELINE) continue;
      const difference = differenceOf(of(BASELINE), of(name));
      context.figure(`${name} - ${BASELINE}, ${label}`, difference.mean);
      context.figure(`${name} - ${BASELINE}, ${label}, lower bound`, difference.interval[0]);
      context.figure(`${name} - ${BASELINE}, ${label}, upper bound`, difference.interval[1]);
    }
  }
};
