import { RecographError, type Rng, type Tensor, type TensorRuntime, type Tf } from '../spi/index.ts';
import { type Lookup, readRows } from './feeds.ts';
import { isTable, type Parameter } from './parameter.ts';

/** One run of a network: where layers get their parameters as tensors. */
export interface Pass {
  readonly tf: Tf;
  /** True while learning: dropout drops. */
  readonly training: boolean;
  /** The step's own randomness. */
  readonly rng: Rng;
  value(parameter: Parameter): Tensor;
}

/** A pass without learning whose parameters stay on the device until `dispose`. */
export interface InferencePass extends Pass {
  /** Rows of a table, [...shape, columns]; zeros for a negative index. Call it in a scope. */
  rows(lookup: Lookup): Tensor;
  dispose(): void;
}

export const passOver = (tf: Tf, tensors: ReadonlyMap<Parameter, Tensor>, training: boolean, rng: Rng): Pass => ({
  tf,
  training,
  rng,
  value: (parameter) => {
    const tensor = tensors.get(parameter);
    if (tensor) return tensor;
    const kind = isTable(parameter) ? 'table' : 'parameter';
    throw new RecographError(
      'INVALID_ARGUMENT',
      `${kind} "${parameter.name}" is not among the parameters of this pass: list it there (tables come by lookup).`,
    );
  },
});

/** Uploads `parameters` (no tables: their rows are read where they are) once, for scoring. Dispose it with the model. */
export const inferencePass = (runtime: TensorRuntime, parameters: readonly Parameter[]): InferencePass => {
  const tensors = new Map<Parameter, Tensor>();
  for (const parameter of parameters) {
    tensors.set(parameter, runtime.tf.tensor(parameter.data, [...parameter.shape], 'float32'));
  }
  return {
    ...passOver(runtime.tf, tensors, false, NO_RNG),
    rows: (lookup) => runtime.tf.tensor(readRows(lookup), [...lookup.shape, lookup.table.columns], 'float32'),
    dispose: () => {
      for (const tensor of tensors.values()) tensor.dispose();
      tensors.clear();
    },
  };
};

const refuse = (): never => {
  throw new RecographError('INTERNAL', 'A network drew random numbers while scoring: draw only when pass.training.');
};
const NO_RNG: Rng = { next: refuse, int: refuse, normal: refuse, fork: refuse, snapshot: refuse, restore: refuse };
