import { describe, expect, it } from 'vitest';
import { errorOf, parse } from './support.ts';

const models = { taste: { use: 'als' }, trending: { use: 'popularity' } };

describe('a valid config', () => {
  it('gets the defaults of its sections and of its components', () => {
    const config = parse({
      models: { taste: { use: 'als' } },
      pipelines: { home: { candidates: [{ model: 'taste' }], rerank: [{ use: 'mmr' }] } },
    });
    expect(config.models).toEqual({ taste: { use: 'als', config: { factors: 64 } } });
    expect(config.pipelines.home).toMatchObject({
      candidates: [{ model: 'taste', n: 200, weight: 1 }],
      rerank: [{ use: 'mmr', config: { lambda: 0.7 } }],
    });
    expect(config.seed).toBe(42);
  });

  it('resolves paths from the folder of the config', () => {
    const config = parse({
      models,
      data: { interactions: { path: 'data/ratings.csv' } },
      evaluation: { split: { use: 'given', train: { path: 'a' }, test: { path: '/b' } } },
    });
    expect(config.data.interactions?.path).toBe('/project/data/ratings.csv');
    expect(config.evaluation?.split).toMatchObject({ train: { path: '/project/a' }, test: { path: '/b' } });
    expect(config.store.path).toBe('/project/.recograph/recograph.sqlite');
  });

  it('accepts every form of feature reference', () => {
    const features = ['taste.score', 'taste.rank', 'words', 'item.price', 'user.age', 'context.hour'];
    expect(() =>
      parse({
        models,
        features: { words: { use: 'text' } },
        rankers: { main: { use: 'linear', config: { features } } },
      }),
    ).not.toThrow();
  });

  it('is not changed by parsing', () => {
    const raw = { models: { taste: { use: 'als' } } };
    parse(raw);
    expect(raw).toEqual({ models: { taste: { use: 'als' } } });
  });
});

describe('one problem keeps its own code, path and suggestion', () => {
  const cases: [string, unknown, string, string][] = [
    [
      'an unknown component',
      { models: { taste: { use: 'asl' } } },
      'UNKNOWN_COMPONENT',
      'models.taste.use is "asl". Did you mean "als"? Known: als, popularity, blend.',
    ],
    [
      'an unknown key of a component that would drop it',
      { models: { taste: { use: 'als', config: { factor: 8 } } } },
      'CONFIG_INVALID',
      'models.taste.config.factor is not known. Did you mean "factors"?',
    ],
    [
      'an unknown key deep inside',
      { models: { taste: { use: 'als', config: { nested: { deap: 8 } } } } },
      'CONFIG_INVALID',
      'models.taste.config.nested.deap is not known. Did you mean "deep"?',
    ],
    [
      'an unknown key of a component without config',
      { models: { trending: { use: 'popularity', config: { days: 8 } } } },
      'CONFIG_INVALID',
      'models.trending.config.days is not known. No key is known here.',
    ],
    [
      'an unknown section',
      { models, pipeline: {} },
      'CONFIG_INVALID',
      'pipeline is not known. Did you mean "pipelines"?',
    ],
    [
      'a model that a pipeline misspells',
      { models, pipelines: { home: { candidates: [{ model: 'tast' }] } } },
      'UNKNOWN_REFERENCE',
      'pipelines.home.candidates[0].model is "tast", which names no model. Did you mean "taste"? Known: taste, trending.',
    ],
    [
      'a misspelt key of a candidate source',
      { models, pipelines: { home: { candidates: [{ model: 'taste', weigth: 2 }] } } },
      'CONFIG_INVALID',
      'pipelines.home.candidates[0].weigth is not known. Did you mean "weight"?',
    ],
    [
      'a ranker where none is declared',
      { models, pipelines: { home: { candidates: [{ model: 'taste' }], ranker: 'main' } } },
      'UNKNOWN_REFERENCE',
      'pipelines.home.ranker is "main", which names no ranker. None is declared.',
    ],
    [
      'a misspelt fallback',
      { models, pipelines: { home: { candidates: [{ model: 'taste' }], fallback: ['trendin'] } } },
      'UNKNOWN_REFERENCE',
      'pipelines.home.fallback[0] is "trendin", which names no model. Did you mean "trending"? Known: taste, trending.',
    ],
    [
      'a misspelt pipeline in a pipeline',
      { models, pipelines: { home: { candidates: [{ model: 'taste' }, { pipeline: 'hom' }] } } },
      'UNKNOWN_REFERENCE',
      'pipelines.home.candidates[1].pipeline is "hom", which names no pipeline. Did you mean "home"? Known: home.',
    ],
    [
      'the model of similar',
      { models, similar: { model: 'x' } },
      'UNKNOWN_REFERENCE',
      'similar.model is "x", which names no model. Known: taste, trending.',
    ],
    [
      'a model reference inside a component config',
      { models: { ...models, both: { use: 'blend', config: { models: ['taste', 'trend'] } } } },
      'UNKNOWN_REFERENCE',
      'models.both.config.models[1] is "trend". Did you mean "trending"? Known: taste, trending, both.',
    ],
    [
      'a model reference that is the key of a record',
      { models: { ...models, both: { use: 'blend', config: { weights: { tatse: 1 } } } } },
      'UNKNOWN_REFERENCE',
      'models.both.config.weights.tatse is "tatse". Did you mean "taste"? Known: taste, trending, both.',
    ],
    [
      'a model reference inside a union',
      { models: { ...models, both: { use: 'blend', config: { extra: { by: 'model', model: 'tatse' } } } } },
      'UNKNOWN_REFERENCE',
      'models.both.config.extra.model is "tatse". Did you mean "taste"? Known: taste, trending, both.',
    ],
    [
      'a wrong type',
      { models: { taste: { use: 'als', config: { factors: '64' } } } },
      'CONFIG_INVALID',
      'models.taste.config.factors is "64"; it must be a number.',
    ],
    [
      'a value out of range',
      { models: { taste: { use: 'als', config: { factors: 0 } } } },
      'CONFIG_INVALID',
      'models.taste.config.factors is 0: too small: expected number to be >0.',
    ],
    [
      'a misspelt choice',
      { models, training: { refit: 'score' } },
      'CONFIG_INVALID',
      'training.refit is "score". Did you mean "scores"? Known: scores, none.',
    ],
    [
      'a misspelt discriminator',
      { models, evaluation: { split: { use: 'tempral' } } },
      'CONFIG_INVALID',
      'evaluation.split.use is "tempral". Did you mean "temporal"? Known: random, leave-last-out, temporal, folds, given.',
    ],
    ['a missing section', {}, 'CONFIG_INVALID', 'models is missing; it must be an object.'],
    ['no object at all', 7, 'CONFIG_INVALID', 'the config is 7; it must be an object.'],
    [
      'a name with a dot',
      { models: { 'a.b': { use: 'als' } } },
      'CONFIG_INVALID',
      'models has the name "a.b"; a name must not be empty or contain a dot.',
    ],
    [
      'a reserved name',
      { models: { item: { use: 'als' } } },
      'CONFIG_INVALID',
      "models.item has a reserved name: item.FIELD means the data's own fields. Choose another.",
    ],
    [
      'a model and a feature of one name',
      { models, features: { taste: { use: 'text' } } },
      'CONFIG_INVALID',
      'features.taste has the name of a model too; references could not tell them apart. Rename one.',
    ],
  ];
  it.each(cases)('%s', (_, raw, code, message) => {
    const error = errorOf(() => parse(raw));
    expect({ code: error.code, message: error.message }).toEqual({ code, message });
  });
});

it('says for a misspelt feature reference what it can be', () => {
  const config = { features: ['tste.score'] };
  const error = errorOf(() => parse({ models, rankers: { main: { use: 'linear', config } } }));
  expect(error).toMatchObject({ code: 'UNKNOWN_REFERENCE', at: 'rankers.main.config.features[0]' });
  expect(error.message).toContain('is "tste.score". Did you mean "taste.score"? Known: taste.score, taste.rank,');
  expect(error.message).toContain('item.FIELD');
});

it('reports all problems at once', () => {
  const error = errorOf(() =>
    parse({
      modles: {},
      models: { taste: { use: 'asl' }, other: { use: 'als', config: { factors: 1.5, x: 1 } } },
      pipelines: { home: { candidates: [{ model: 'oter', n: 0 }], rerank: [{ use: 'mmr', config: { lambda: 2 } }] } },
    }),
  );
  expect(error.code).toBe('CONFIG_INVALID');
  const places = error.message.split('\n').map((line) => line.split(' is ')[0]);
  expect(places.slice(1).sort()).toEqual([
    '- models.other.config.factors',
    '- models.other.config.x',
    '- models.taste.use',
    '- modles',
    '- pipelines.home.candidates[0].model',
    '- pipelines.home.candidates[0].n',
    '- pipelines.home.rerank[0].config.lambda',
  ]);
});
