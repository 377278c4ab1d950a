import type { StateTensor, Tensor } from '../../spi/index.ts';
import type { Lookup } from '../feeds.ts';
import type { Parameter } from '../parameter.ts';

/** The gradient of one lookup's rows, or of one parameter; undefined = the loss does not depend on it. */
export interface LookupGradient {
  readonly lookup: Lookup;
  readonly gradient: Tensor | undefined;
}
export interface DenseGradient {
  readonly parameter: Parameter;
  readonly gradient: Tensor | undefined;
}

export interface UpdateOptions {
  /** Scales the learning rate. */
  readonly factor: number;
  /** Largest L2 norm of all gradients together. */
  readonly clipNorm: number | undefined;
}

/** The optimizer's memory. */
export interface OptimizerState {
  /** Steps taken. */
  readonly step: number;
  readonly tensors: Readonly<Record<string, StateTensor>>;
}

/**
 * Where parameters and the optimizer's memory live while a training runs, best suited to the runtime.
 * `rows` and `dense` make tensors for one step: call them inside a scope.
 */
export interface ParameterStore {
  /** Runs before each step's `rows`, with all that the step looks up. */
  prepare?(signal: AbortSignal, lookups: readonly Lookup[]): Promise<void>;
  /** [...shape, columns]; a negative index gives zeros. */
  rows(lookup: Lookup): Tensor;
  dense(): ReadonlyMap<Parameter, Tensor>;
  /** One optimizer step. Lookups of one table are summed first; rows that no lookup names stay as they are. */
  update(rows: readonly LookupGradient[], dense: readonly DenseGradient[], options: UpdateOptions): Promise<void>;
  /** Brings every `parameter.data` up to date. */
  pull(): void;
  /** Takes every `parameter.data` and an optimizer's memory in. */
  push(memory: OptimizerState): void;
  memory(): OptimizerState;
  dispose(): void;
}
