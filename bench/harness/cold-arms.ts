import type { Extractor, FittedModel, Inputs, ItemExtractor, Kernels, Model, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { als } from 'recograph/plugins/als';
import { content } from 'recograph/plugins/content';
import { factorMapping } from 'recograph/plugins/factor-mapping';
import { fusion } from 'recograph/plugins/fusion';
import { imageCnn } from 'recograph/plugins/image-cnn';
import { textCnn } from 'recograph/plugins/text-cnn';
import { textRnn } from 'recograph/plugins/text-rnn';
import { silentLog } from '../../core/kernel/log.ts';
import { type ColdDraw, type ColdFigures, coldFigures, meanOf } from './cold-items.ts';
import { timed } from './measure.ts';

interface Part {
  readonly schema: { parse(raw: unknown): unknown };
  create(config: never, deps: never): unknown;
}

/** An extractor whose vectors are mapped to the factors of one ALS model, `taste`. */
export interface Reader {
  readonly component: Part;
  readonly config: Readonly<Record<string, unknown>>;
  /** The readers that it is made of. */
  readonly of?: readonly string[];
}

/** A reader, or several whose mappings are averaged. */
export type Arm = Reader | { readonly mean: readonly string[] };

const words = {
  fields: ['abstract'],
  vectors: 'taste',
  tags: 'genres',
  static: true,
  embedding: 128,
  epochs: 15,
  learningRate: 0.002,
};
/** What a film is in a few words, by networks that have not learned from the film: they err elsewhere than its gist. */
const sentence = { ...words, length: 30, dropout: 0.3, epochs: 12, folds: 5 };
const parts = ['text-cnn', 'image-cnn', 'genres'];

export const ARMS = {
  'tf-idf + genres': { component: content, config: { fields: ['abstract', 'genres'], dimensions: 512 } },
  'tf-idf + genres, 128 wide': { component: content, config: { fields: ['abstract', 'genres'], dimensions: 128 } },
  genres: { component: content, config: { fields: ['genres'] } },
  gist: { component: content, config: { fields: ['abstract'], dimensions: 512 } },
  'text-cnn': { component: textCnn, config: { ...words, filters: 32, kernels: [2, 3], pooling: 'max' } },
  'text-cnn, first sentence': { component: textCnn, config: { ...sentence, kernels: [2, 3], pooling: 'max' } },
  'text-cnn, first sentence, and gist': { mean: ['text-cnn, first sentence', 'gist'] },
  'text-rnn': { component: textRnn, config: words },
  'image-cnn': {
    component: imageCnn,
    config: { field: 'poster', width: 24, height: 32, filters: [16, 32, 32], vectors: 'taste', tags: 'genres' },
  },
  fusion: { component: fusion, config: { of: parts, vectors: 'taste' }, of: parts },
} as const satisfies Record<string, Arm>;
export type ArmName = keyof typeof ARMS;

/** Fits the factors of a draw once, then any arm on them. `posters`: where their files lie. */
export const armsOn = async (
  draw: ColdDraw,
  deps: { readonly runtime: TensorRuntime; readonly kernels: Kernels },
  posters: string,
  seed: number,
) => {
  const fitted: Record<string, FittedModel | ItemExtractor> = {};
  const fit = <C extends Model | Extractor>(part: Part, config: object) => {
    const named = (name: string) => fitted[name];
    const inputs = { model: named, feature: named, vectors: named } as unknown as Inputs;
    const made = part.create(part.schema.parse(config) as never, { ...deps, log: silentLog } as never) as C;
    const options = { rng: createRng(seed), signal: new AbortController().signal, report: () => undefined };
    return made.fit(draw.data, inputs, options) as ReturnType<C['fit']>;
  };
  const extractorOf = async ({ component, config, of = [] }: Reader): Promise<ItemExtractor> => {
    for (const name of of) await read(name, ARMS[name as ArmName]);
    const own = component === imageCnn ? { ...config, folder: posters } : config;
    return (await fit<Extractor>(component, own)) as ItemExtractor;
  };
  const read = async (name: string, arm: Arm): Promise<readonly string[]> => {
    if ('mean' in arm) {
      for (const each of arm.mean) await read(each, ARMS[each as ArmName]);
      return arm.mean;
    }
    fitted[name] ??= await extractorOf(arm);
    return [name];
  };
  fitted.taste = await fit<Model>(als, { factors: 64, regularization: 0.01 });
  return {
    figures: async (name: string, arm: Arm): Promise<ColdFigures & { summary: object }> => {
      const { value: vectors, seconds } = await timed(() => read(name, arm));
      const model = await fit<Model>(factorMapping, { model: 'taste', vectors, leaveOneOut: true });
      const figures = await coldFigures(model, draw);
      const { amongCold, amongAll } = figures;
      return { ...figures, summary: { amongCold: meanOf([amongCold]), amongAll: meanOf([amongAll]), seconds } };
    },
    dispose: () => {
      for (const part of Object.values(fitted)) part.dispose?.();
    },
  };
};
