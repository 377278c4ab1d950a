import { createRuntime } from 'recograph';
import { createKernels } from 'recograph/math';
import type { Benchmark, Context } from '../harness/benchmark.ts';
import { ARMS, type ArmName, armsOn } from '../harness/cold-arms.ts';
import { type ColdFigures, differenceOf, drawColdItems, meanOf, readColdMovies } from '../harness/cold-items.ts';
import { unpackPosters } from '../harness/posters.ts';

/**
 * Words on films that have an abstract; pictures and all together on films that have a poster too. All films are scored as if
 * they were new. Among all, every film that counts is cold: what lifts the cold films as a whole lifts that figure, better or
 * not. Many directions of the texts do: known films spread over those that are their own, new ones are left with the common
 * ones, and these are long to one length. `128 wide` shows the baseline with less of that.
 */
const TASKS = {
  text: {
    needs: ['abstract'],
    baseline: 'tf-idf + genres',
    arms: ['tf-idf + genres, 128 wide', 'genres', 'gist', 'text-cnn', 'text-cnn, first sentence, and gist', 'text-rnn'],
  },
  posters: { needs: ['abstract', 'poster'], baseline: 'genres', arms: ['text-cnn', 'image-cnn', 'fusion'] },
} as const satisfies Record<string, { needs: readonly string[]; baseline: ArmName; arms: readonly ArmName[] }>;

export default {
  name: 'cold-items',
  about:
    'A tenth of the items of sasrec-ml-1m held out, ranked for those who chose them by what their abstracts say or their posters show: NDCG@20 among the cold items and among all. Arguments: text or posters, default both.',
  needs: ['sasrec-ml-1m', 'ml-1m', 'ml-1m-abstracts', 'ml-1m-posters'],
  asked: Object.fromEntries(
    ['among cold', 'among all'].flatMap((place) => [
      ...[
        'text: text-cnn - tf-idf + genres',
        'text: text-cnn, first sentence, and gist - tf-idf + genres',
        'posters: image-cnn - genres',
        'posters: fusion - the best single',
      ].map((name) => [`${name}, ${place}, lower bound`, { atLeast: 1e-9 }]),
      [`text: text-rnn / text-cnn, ${place}`, { atLeast: 0.95 }],
    ]),
  ),
  run: async (context) => {
    const movies = readColdMovies(context);
    const tasks = Object.entries(TASKS).filter(([name]) => context.args.length === 0 || context.args.includes(name));
    const runtime = await createRuntime('wasm');
    const kernels = createKernels({ threads: context.threads });
    context.runtime(runtime.kind);
    const posters = await unpackPosters(context);
    for (const [task, { needs, baseline, arms }] of tasks) {
      const names: readonly ArmName[] = [baseline, ...arms];
      const figures = new Map<ArmName, ColdFigures[]>(names.map((name) => [name, []]));
      for (const seed of context.quick ? context.seeds.slice(0, 1) : context.seeds) {
        const draw = drawColdItems(movies, needs, seed);
        const fitted = await armsOn(draw, { runtime, kernels }, posters, seed);
        for (const name of names) {
          const found = await fitted.figures(name, ARMS[name]);
          figures.get(name)!.push(found);
          context.note({ task, seed, name, ...found.summary });
        }
        fitted.dispose();
      }
      report(context, task, figures, baseline);
    }
    runtime.dispose();
    await kernels.dispose();
  },
} satisfies Benchmark;

/** Every arm; what lies between it and the baseline, between what is fused and the best of the others, and the two that read. */
const report = (
  context: Context,
  task: string,
  figures: ReadonlyMap<ArmName, readonly ColdFigures[]>,
  baseline: ArmName,
): void => {
  for (const [place, label] of [
    ['amongCold', 'among cold'],
    ['amongAll', 'among all'],
  ] as const) {
    const of = (name: ArmName) => figures.get(name)!.map((draw) => draw[place]);
    const compare = (name: ArmName, other: ArmName, called: string = other): void => {
      const { mean, interval } = differenceOf(of(other), of(name));
      context.figure(`${task}: ${name} - ${called}, ${label}`, mean);
      context.figure(`${task}: ${name} - ${called}, ${label}, lower bound`, interval[0]);
      context.figure(`${task}: ${name} - ${called}, ${label}, upper bound`, interval[1]);
    };
    const singles = [...figures.keys()].filter((name) => name !== 'fusion');
    const best = singles.reduce((a, b) => (meanOf(of(b)) > meanOf(of(a)) ? b : a));
    for (const name of figures.keys()) {
      context.figure(`${task}: ${name}, ${label}`, meanOf(of(name)));
      if (name !== baseline) compare(name, baseline);
      if (name === 'fusion') compare(name, best, 'the best single');
      if (name === 'text-rnn') {
        context.figure(`${task}: text-rnn / text-cnn, ${label}`, meanOf(of(name)) / meanOf(of('text-cnn')));
      }
    }
    context.note({ task, place, 'best single': best });
  }
};
