import { type ComponentState, type Rng, type StateTensor, underPrefix, withPrefix } from '../spi/index.ts';
import { loadParameters, type Parameter, parameterTensors } from './parameter.ts';
import type { ParameterStore } from './stores/index.ts';

/** Where a training stands between two epochs. */
export interface TrainingState {
  /** Finished epochs. */
  epoch: number;
  losses: number[];
  best: { epoch: number; metric: number; values: ReadonlyMap<Parameter, Float32Array> } | undefined;
}

/** What continues a training to the identical result: parameters, the optimizer's memory, the best epoch, the rng. */
export const saveTraining = (
  state: TrainingState,
  parameters: readonly Parameter[],
  store: ParameterStore,
  rng: Rng,
): ComponentState => {
  const moments = store.memory();
  const tensors: Record<string, StateTensor> = {
    ...withPrefix('value/', parameterTensors(parameters)),
    ...withPrefix('optimizer/', moments.tensors),
  };
  for (const [{ name, shape }, data] of state.best?.values ?? []) tensors[`best/${name}`] = { shape, data };
  const best = state.best ? { epoch: state.best.epoch, metric: state.best.metric } : null;
  return {
    json: { epoch: state.epoch, losses: state.losses, step: moments.step, best, rng: rng.snapshot() },
    tensors,
  };
};

export const loadTraining = (
  saved: ComponentState,
  parameters: readonly Parameter[],
  store: ParameterStore,
  rng: Rng,
): TrainingState => {
  const json = saved.json as unknown as {
    epoch: number;
    losses: number[];
    step: number;
    best: { epoch: number; metric: number } | null;
    rng: number[];
  };
  loadParameters(parameters, underPrefix('value/', saved.tensors));
  const values = new Map<Parameter, Float32Array>();
  if (json.best) {
    for (const parameter of parameters)
      values.set(parameter, saved.tensors[`best/${parameter.name}`]!.data as Float32Array);
  }
  store.push({ step: json.step, tensors: underPrefix('optimizer/', saved.tensors) });
  rng.restore(json.rng);
  return { epoch: json.epoch, losses: [...json.losses], best: json.best ? { ...json.best, values } : undefined };
};
