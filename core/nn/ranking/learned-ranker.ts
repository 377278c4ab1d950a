import type { ComponentState, FittedRanker, LabelledGroups, Ranker } from '../../spi/index.ts';
import { RecographError, throwIfCancelled } from '../../spi/index.ts';
import type { ScorerConfig } from './config.ts';
import { fitByDescent, fitConvex } from './fit-scorer.ts';
import type { LossOf } from './group-loss.ts';
import { type Scaling, scalingOf, standardised } from './scaling.ts';
import { createScorer } from './scorer.ts';

interface Learned {
  readonly columns: readonly string[];
  readonly hidden: readonly number[];
  readonly scaling: Scaling;
  /** Of the scorer, whose inputs are the standardised columns, then one indicator a column. */
  readonly parameters: Float64Array;
}

/**
 * A ranker that learns a scorer of standardised columns by a loss over groups. `convex`: the loss is smooth and convex in the
 * scores, so that a scorer without hidden layers is fitted to its one minimum (L-BFGS), whatever the seed.
 */
export const learnedRanker = (config: ScorerConfig, loss: LossOf, { convex }: { convex: boolean }): Ranker => ({
  fit: async (groups, _inputs, options) => {
    throwIfCancelled(options.signal);
    const { features, columns, offsets } = groups;
    checkLabels(groups);
    const scaling = scalingOf(features);
    const problem = {
      scorer: createScorer(2 * columns.length, config.hidden),
      inputs: standardised(features, Int32Array.from(columns.keys()), scaling),
      offsets,
      loss: loss(groups),
      regularization: config.regularization,
    };
    const parameters =
      convex && config.hidden.length === 0
        ? await fitConvex(problem, options)
        : await fitByDescent(problem, config, options);
    if (!parameters.every(Number.isFinite)) {
      throw new RecographError('NOT_FINITE', 'The ranker learned weights that are no numbers: lower learningRate.');
    }
    return fittedRanker({ columns: [...columns], hidden: config.hidden, scaling, parameters });
  },
  restore: (state) => fittedRanker(learnedOf(state)),
});

const checkLabels = ({ labels }: LabelledGroups): void => {
  if (!labels.every(Number.isFinite)) {
    throw new RecographError('NOT_FINITE', 'A label of the ranking groups is no number.');
  }
  if (!labels.some((label) => label > 0)) {
    throw new RecographError(
      'DATA_EMPTY',
      'No candidate of the ranking groups was chosen by its user, so a ranker has nothing to learn from. ' +
        'Hold out more events, or give the candidate sources a larger n.',
    );
  }
};

/** Columns are found by name, so that their order does not matter; one that is not there counts as missing. */
const fittedRanker = (learned: Learned): FittedRanker => {
  const scorer = createScorer(2 * learned.columns.length, learned.hidden);
  return {
    score: async ({ features, columns }) => {
      const placeOf = Int32Array.from(learned.columns, (name) => columns.indexOf(name));
      const inputs = standardised(features, placeOf, learned.scaling);
      const scores = new Float64Array(features.rows);
      scorer.score(learned.parameters, inputs, 0, features.rows, scores);
      return Float32Array.from(scores);
    },
    state: () => stateOf(learned),
  };
};

const stateOf = ({ columns, hidden, scaling, parameters }: Learned): ComponentState => {
  const tensor = <A extends Float64Array | Uint8Array>(data: A) => ({ shape: [data.length], data });
  return {
    json: {
      columns,
      hidden,
      ...(hidden.length === 0 && readable(columns, scaling, parameters)),
    },
    tensors: {
      weights: tensor(parameters),
      means: tensor(scaling.means),
      scales: tensor(scaling.scales),
      indicators: tensor(scaling.indicators),
    },
  };
};

/** For reading: weights of the standardised columns by name, and of their indicators. Restoring uses the tensors. */
const readable = (columns: readonly string[], scaling: Scaling, parameters: Float64Array) => {
  const missing = [...columns.entries()].filter(([c]) => scaling.indicators[c] === 1);
  return {
    weights: Object.fromEntries(columns.map((name, c) => [name, parameters[c]!])),
    whenMissing: Object.fromEntries(missing.map(([c, name]) => [name, parameters[columns.length + c]!])),
    bias: parameters[2 * columns.length]!,
  };
};

const learnedOf = ({ json, tensors }: ComponentState): Learned => {
  const { columns, hidden } = json as unknown as Pick<Learned, 'columns' | 'hidden'>;
  return {
    columns,
    hidden,
    parameters: tensors.weights!.data as Float64Array,
    scaling: {
      means: tensors.means!.data as Float64Array,
      scales: tensors.scales!.data as Float64Array,
      indicators: tensors.indicators!.data as Uint8Array,
    },
  };
};
