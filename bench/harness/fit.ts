import type { Dataset, FittedModel, Kernels, Model, Progress, TensorRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { type Timed, timed } from './measure.ts';

interface ModelComponent {
  readonly schema: { parse(raw: unknown): unknown };
  create(config: never, deps: never): unknown;
}

/** One fit of a model that refers to no other, timed. */
export const fitTimed = (
  component: ModelComponent,
  config: object,
  deps: { readonly kernels?: Kernels; readonly runtime?: TensorRuntime },
  data: Dataset,
  seed = 1,
  validation?: Dataset,
  report: (progress: Progress) => void = () => undefined,
): Promise<Timed<FittedModel>> => {
  const model = component.create(component.schema.parse(config) as never, deps as never) as Model;
  const signal = new AbortController().signal;
  const options = { rng: createRng(seed), signal, report, ...(validation && { validation }) };
  return timed(() => model.fit(data, {} as never, options));
};
