import { type ComponentState, type Rng, type StateTensor, underPrefix, withPrefix } from '../spi/index.ts';
import type { Parameter } from './parameter.ts';
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
  const tensors: Record<string, StateTensor> = {};
  for (const parameter of parameters) {
    tensors[`value/${parameter.name}`] = { shape: parameter.shape, data: parameter.data.slice() };
    const best = state.best?.values.get(parameter);
    if (best) tensors[`best/${parameter.name}`] = { shape: parameter.shape, data: best };
  }
  Object.assign(tensors, withPrefix('optimizer/', moments.tensors));
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
  const values = new Map<Parameter, Float32Array>();
  for (const parameter of parameters) {
    parameter.data.set(saved.tensors[`value/${parameter.name}`]!.data);
    if (json.best) values.set(parameter, saved.tensors[`best/${parameter.name}`]!.data as Float32Array);
  }
  store.push({ step: json.step, tensors: underPrefix('optimizer/', saved.tensors) });
  rng.restore(json.rng);
  return { epoch: json.epoch, losses: [...json.losses], best: json.best ? { ...json.best, values } : undefined };
};
