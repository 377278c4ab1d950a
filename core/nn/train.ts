import { setImmediate } from 'node:timers/promises';
import { type FitOptions, RecographError, type Rng, type TensorRuntime, throwIfCancelled } from '../spi/index.ts';
import { type Automatic, chosenOf, resolveSchedule } from './automatic.ts';
import { shuffled } from './batches.ts';
import type { Feeds } from './feeds.ts';
import { type Loss, type Perturbation, trainStep } from './gradients.ts';
import type { Parameter } from './parameter.ts';
import type { Schedule } from './schedules.ts';
import { createStore, type OptimizerConfig, type ParameterStore } from './stores/index.ts';
import { loadTraining, saveTraining, type TrainingState } from './training-state.ts';

/** What a batch may know of its place in the training. */
export interface BatchContext {
  /** From 0. */
  readonly epoch: number;
  /** The batch's own randomness (negatives): the same whether or not the training was interrupted. */
  readonly rng: Rng;
}

export interface TrainOptions<F extends Feeds> {
  readonly runtime: TensorRuntime;
  /** Everything that is learned, tables included. Changed in place. */
  readonly parameters: readonly Parameter[];
  readonly optimizer: OptimizerConfig;
  /** Where the parameters live; default: what suits the runtime. It is disposed of at the end. */
  readonly store?: ParameterStore;
  /** How many training examples there are; an epoch sees each once. */
  readonly examples: number;
  /** In which order an epoch sees them; default: shuffled. */
  readonly order?: (rng: Rng) => Int32Array;
  /** It, `epochs` and `patience` may be left to the number of examples: see `resolveSchedule`. */
  readonly batchSize: Automatic;
  readonly epochs: Automatic;
  /** The inputs of these examples. */
  readonly batch: (examples: Int32Array, context: BatchContext) => F;
  /** The batch's mean loss. */
  readonly loss: Loss<F>;
  /** After each epoch (from 0): a metric, larger is better. With it the best epoch's parameters are kept. */
  readonly validate?: (epoch: number) => Promise<number> | number;
  /** Stops after so many epochs without a better metric; default: never. */
  readonly patience?: Automatic;
  readonly schedule?: Schedule;
  /** Largest L2 norm of a step's gradients together. */
  readonly clipNorm?: number;
  /** Beside the plain loss, one with every looked-up row moved by `epsilon` where it hurts most: see `Perturbation`. */
  readonly adversarial?: Perturbation;
  readonly fit: FitOptions;
}

export interface TrainResult {
  /** Epochs that ran, those before a resume included. */
  readonly epochs: number;
  /** Mean training loss of each epoch. */
  readonly losses: readonly number[];
  readonly best?: { readonly epoch: number; readonly metric: number };
}

/** The options with every number settled. */
type Settled<F extends Feeds> = TrainOptions<F> & {
  readonly batchSize: number;
  readonly epochs: number;
  readonly patience: number;
};

/** How often a running epoch reports. */
const REPORTS_PER_EPOCH = 10;

/**
 * Minibatch gradient descent. Throws CANCELLED within one batch, NOT_FINITE when the loss is no number.
 * Saves to `fit.checkpoint` after every epoch and continues from it: a resumed training gives the identical result.
 */
export const train = async <F extends Feeds>(asked: TrainOptions<F>): Promise<TrainResult> => {
  if (asked.examples === 0) throw new RecographError('DATA_EMPTY', 'There are no examples to train on.');
  const { patience = Number.POSITIVE_INFINITY } = asked;
  const schedule = resolveSchedule({ ...asked, patience }, asked.examples);
  const report: FitOptions['report'] = (progress) =>
    asked.fit.report({ ...progress, chosen: chosenOf(asked, schedule) });
  const options: Settled<F> = { ...asked, ...schedule, fit: { ...asked.fit, report } };
  const store = options.store ?? createStore(options.runtime, options.parameters, options.optimizer);
  try {
    return await trainWith(options, store);
  } finally {
    store.dispose();
  }
};

const trainWith = async <F extends Feeds>(options: Settled<F>, store: ParameterStore): Promise<TrainResult> => {
  const { parameters, epochs, fit, patience } = options;
  const rng = fit.rng.fork('train');
  const saved = await fit.checkpoint?.load();
  const state: TrainingState = saved
    ? loadTraining(saved, parameters, store, rng)
    : { epoch: 0, losses: [], best: undefined };

  const stale = () => (state.best ? state.epoch - 1 - state.best.epoch : 0);
  while (state.epoch < epochs && stale() < patience) {
    const epoch = state.epoch;
    const loss = await runEpoch(options, epoch, store, rng);
    throwIfCancelled(fit.signal);
    store.pull();
    const metric = await options.validate?.(epoch);
    if (metric !== undefined && (!state.best || metric > state.best.metric)) {
      state.best = { epoch, metric, values: new Map(parameters.map((p) => [p, p.data.slice()])) };
    }
    state.epoch++;
    state.losses.push(loss);
    await fit.checkpoint?.save(saveTraining(state, parameters, store, rng));
    const fraction = state.epoch / epochs;
    fit.report({ epoch: state.epoch, epochs, loss, fraction, ...(metric === undefined ? {} : { metric }) });
  }

  if (!state.best) return { epochs: state.epoch, losses: state.losses };
  for (const [parameter, values] of state.best.values) parameter.data.set(values);
  const { epoch, metric } = state.best;
  return { epochs: state.epoch, losses: state.losses, best: { epoch, metric } };
};

/** One pass over the shuffled examples; the mean loss an example. */
const runEpoch = async <F extends Feeds>(
  options: Settled<F>,
  epoch: number,
  store: ParameterStore,
  rng: Rng,
): Promise<number> => {
  const { examples, batchSize, epochs, fit, schedule, clipNorm, adversarial } = options;
  const epochRng = rng.fork(`epoch ${epoch}`);
  const orderRng = epochRng.fork('order');
  const order = options.order?.(orderRng) ?? shuffled(examples, orderRng);
  const batches = Math.ceil(examples / batchSize);
  const every = Math.ceil(batches / REPORTS_PER_EPOCH);
  let total = 0;
  for (let b = 0; b < batches; b++) {
    throwIfCancelled(fit.signal);
    const rows = order.subarray(b * batchSize, Math.min(examples, (b + 1) * batchSize));
    const batchRng = epochRng.fork(`batch ${b}`);
    const feeds = options.batch(rows, { epoch, rng: batchRng });
    const factor = schedule?.(epoch * batches + b, epochs * batches) ?? 1;
    const step = { factor, clipNorm, adversarial, signal: fit.signal };
    const loss = await trainStep(options.runtime, store, feeds, options.loss, batchRng, step);
    if (!Number.isFinite(loss)) {
      throw new RecographError(
        'NOT_FINITE',
        `The training loss became ${loss} in epoch ${epoch + 1}, batch ${b + 1}: lower the learning rate, or clip gradients.`,
      );
    }
    total += loss * rows.length;
    if ((b + 1) % every === 0 && b + 1 < batches) {
      fit.report({
        epoch: epoch + 1,
        epochs,
        loss: total / ((b + 1) * batchSize),
        fraction: (epoch + (b + 1) / batches) / epochs,
      });
    }
    await setImmediate();
  }
  return total / examples;
};
