import { type Config, isPluginSplit } from './sections/index.ts';

type Source = { path: string };
type Evaluation = NonNullable<Config['evaluation']>;

const mapEvaluation = (evaluation: Evaluation, map: (path: string) => string): Evaluation => {
  const move = <S extends Source>(source: S): S => ({ ...source, path: map(source.path) });
  const { split, candidates } = evaluation;
  return {
    ...evaluation,
    split: isPluginSplit(split)
      ? split
      : split.use === 'given'
        ? {
            ...split,
            train: move(split.train),
            test: move(split.test),
            ...(split.validation && { validation: move(split.validation) }),
          }
        : split.use === 'folds'
          ? { ...split, folds: split.folds.map(({ train, test }) => ({ train: move(train), test: move(test) })) }
          : split,
    candidates: candidates.use === 'given' ? move(candidates) : candidates,
  };
};

/** A config with every path of its own sections mapped; the argument stays as it is. */
export const mapPaths = (config: Config, map: (path: string) => string): Config => {
  const move = <S extends Source>(source: S): S => ({ ...source, path: map(source.path) });
  const { interactions, items, users } = config.data;
  return {
    ...config,
    data: {
      ...config.data,
      ...(interactions && { interactions: move(interactions) }),
      ...(items && { items: move(items) }),
      ...(users && { users: move(users) }),
    },
    store: move(config.store),
    ...(config.evaluation && { evaluation: mapEvaluation(config.evaluation, map) }),
  };
};
