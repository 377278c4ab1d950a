import type { ComponentState, FittedRanker, LabelledGroups, Ranker } from 'recograph';
import { RecographError, throwIfCancelled } from 'recograph';
import { minimise } from './lbfgs.ts';
import { linearObjective } from './losses.ts';
import { type Scaling, scalingOf, standardised } from './standardise.ts';

export interface LinearConfig {
  readonly loss: 'softmax' | 'logistic';
  readonly regularization: number;
  readonly epochs: number;
}

/** Everything learned. `weights`: one a column, then one an indicator, then the bias. */
interface Learned {
  readonly columns: readonly string[];
  readonly scaling: Scaling;
  readonly weights: Float64Array;
}

export const createLinear = (config: LinearConfig): Ranker => ({
  fit: async (groups, _inputs, { signal, report }) => {
    throwIfCancelled(signal);
    const { features, columns } = groups;
    checkLabels(groups);
    const scaling = scalingOf(features);
    const inputs = standardised(features, Int32Array.from(columns.keys()), scaling);
    const width = 2 * columns.length;
    const objective = linearObjective({ inputs, width, groups, regularization: config.regularization }, config.loss);
    const weights = await minimise(objective, width + 1, config.epochs, async (epoch, loss) => {
      report({ epoch, epochs: config.epochs, loss });
      await new Promise(setImmediate);
      throwIfCancelled(signal);
    });
    if (!weights.every(Number.isFinite)) {
      throw new RecographError('NOT_FINITE', 'The linear ranker learned weights that are no numbers.');
    }
    return fittedLinear({ columns: [...columns], scaling, weights });
  },
  restore: (state) => fittedLinear(learnedOf(state)),
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
const fittedLinear = (learned: Learned): FittedRanker => ({
  score: async ({ features, columns }) => {
    const placeOf = Int32Array.from(learned.columns, (name) => columns.indexOf(name));
    const inputs = standardised(features, placeOf, learned.scaling);
    const width = 2 * learned.columns.length;
    const scores = new Float32Array(features.rows);
    for (let r = 0; r < scores.length; r++) {
      let sum = learned.weights[width]!;
      for (let c = 0; c < width; c++) sum += learned.weights[c]! * inputs[r * width + c]!;
      scores[r] = sum;
    }
    return scores;
  },
  state: () => stateOf(learned),
});

/** The JSON is for reading: weights of the standardised columns by name. Restoring uses the tensors. */
const stateOf = ({ columns, scaling, weights }: Learned): ComponentState => {
  const missing = [...columns.entries()].filter(([c]) => scaling.indicators[c] === 1);
  const tensor = <A extends Float64Array | Uint8Array>(data: A) => ({ shape: [data.length], data });
  return {
    json: {
      columns,
      weights: Object.fromEntries(columns.map((name, c) => [name, weights[c]!])),
      whenMissing: Object.fromEntries(missing.map(([c, name]) => [name, weights[columns.length + c]!])),
      bias: weights[2 * columns.length]!,
    },
    tensors: {
      weights: tensor(weights),
      means: tensor(scaling.means),
      scales: tensor(scaling.scales),
      indicators: tensor(scaling.indicators),
    },
  };
};

const learnedOf = ({ json, tensors }: ComponentState): Learned => {
  const { columns } = json as unknown as { columns: readonly string[] };
  return {
    columns,
    weights: tensors.weights!.data as Float64Array,
    scaling: {
      means: tensors.means!.data as Float64Array,
      scales: tensors.scales!.data as Float64Array,
      indicators: tensors.indicators!.data as Uint8Array,
    },
  };
};
