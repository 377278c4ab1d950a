import type { Dataset, Kernels, Model, Progress } from 'recograph';
import { createRng } from 'recograph/math';
import { createRuntime } from '../../core/runtime/index.ts';

interface Component {
  readonly schema: { parse(raw: unknown): unknown };
  create(config: never, deps: never): unknown;
}

/** Seconds and CPU seconds of one epoch, the first left out: it compiles and warms up. */
export const epochTimes = async (
  component: Component,
  config: object,
  data: Dataset,
  kernels: Kernels,
  kind: 'wasm' | 'tensorflow',
  epochs: number,
): Promise<{ seconds: number; cpuSeconds: number; loss: number }> => {
  const runtime = await createRuntime(kind);
  const marks: { at: number; cpu: number }[] = [];
  let last = Number.NaN;
  // A report that ends an epoch says so by its fraction.
  const report = ({ epoch, epochs: all, fraction, loss = Number.NaN }: Progress) => {
    if (fraction !== epoch / all) return;
    const { user, system } = process.cpuUsage();
    marks.push({ at: performance.now(), cpu: user + system });
    last = loss;
  };
  try {
    const parsed = component.schema.parse({ ...config, epochs: epochs + 1 });
    const model = component.create(parsed as never, { runtime, kernels } as never) as Model;
    const { signal } = new AbortController();
    const fitted = await model.fit(data, {} as never, { rng: createRng(1), signal, report });
    fitted.dispose?.();
    const [first, end] = [marks[0]!, marks.at(-1)!];
    return {
      seconds: (end.at - first.at) / 1000 / epochs,
      cpuSeconds: (end.cpu - first.cpu) / 1e6 / epochs,
      loss: last,
    };
  } finally {
    runtime.dispose();
  }
};
