import type {
  Component,
  Dataset,
  FitOptions,
  Inputs,
  Instances,
  Kernels,
  Kind,
  Log,
  OwnedRuntime,
  RuntimeKind,
} from 'recograph';
import { createRuntime, tokenName, tokens } from 'recograph';
import { createKernels, createRng } from 'recograph/math';
import type { Check } from './check.ts';
import { conformanceData } from './data.ts';
import { tinyInputs } from './tiny-inputs.ts';
import { firstOf } from './variants.ts';

export interface ConformanceOptions {
  /** The config as a user would write it; default `{}`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What to learn from; default `conformanceData()`. It should have positives of several users. */
  readonly data?: Dataset;
  /** Collaborators by their name in `inject`, instead of the kit's own; needed for tokens of your own. */
  readonly deps?: Readonly<Record<string, unknown>>;
  /** The fitted components that the config refers to; default: a small model and a small feature for any name. */
  readonly inputs?: (data: Dataset) => Inputs | Promise<Inputs>;
  /** What `queries.extra` holds, where the component `requires` something. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Default wasm. */
  readonly runtime?: RuntimeKind | 'auto';
  /** Gives a component that asks for a GPU this runtime as one: its tensor path is checked. */
  readonly gpu?: boolean;
}

/** What one check works with; the data is its own copy. */
export interface Bench<K extends Kind> {
  readonly data: Dataset;
  readonly extra: Readonly<Record<string, unknown>>;
  /** A new instance of the component. */
  create(): Instances[K];
  inputs(data: Dataset): Promise<Inputs>;
  /** What is held now: tensors, and kernel memories not released. */
  held(): { readonly tensors: number; readonly memories: number };
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const fitOptions = (given: Partial<FitOptions> & { seed?: number } = {}): FitOptions => ({
  rng: createRng(given.seed ?? 1),
  signal: given.signal ?? new AbortController().signal,
  report: given.report ?? (() => {}),
});

/** Makes checks of one component: each gets a bench of its own, with its own runtime, closed when it ends. */
export const checksOf = <K extends Kind>(component: Component<K>, options: ConformanceOptions) => {
  let kernels: Kernels | undefined;
  return (name: string, run: (bench: Bench<K>) => Promise<void>): Check => ({
    name,
    run: async () => {
      const data = options.data ? firstOf(options.data, {}) : conformanceData();
      kernels ??= createKernels({ threads: 1 });
      const counted = countMemories(kernels);
      const asked = Object.values(component.inject);
      const runtime =
        asked.includes(tokens.runtime) || (options.gpu && asked.includes(tokens.gpu))
          ? await createRuntime(options.runtime ?? 'wasm')
          : undefined;
      try {
        const deps = depsOf(component, options, { kernels: counted.kernels, runtime, now: data.until + 86_400_000 });
        await run({
          data,
          extra: options.extra ?? {},
          create: () => component.create(configOf(component, options) as never, deps as never) as Instances[K],
          inputs: async (of) => (options.inputs ?? tinyInputs)(of),
          held: () => ({ tensors: runtime?.describe().tensors ?? 0, memories: counted.live() }),
        });
      } finally {
        runtime?.dispose();
      }
    },
  });
};

const configOf = (component: Component, options: ConformanceOptions): unknown => {
  const parsed = component.schema.safeParse(options.config ?? {});
  if (parsed.success) return parsed.data;
  throw new Error(
    `The config ${JSON.stringify(options.config ?? {})} does not fit ${component.type}: ${parsed.error.message}\n` +
      'Give the kit a valid one: { config: { ... } }.',
  );
};

const depsOf = (
  component: Component,
  options: ConformanceOptions,
  own: { kernels: Kernels; runtime: OwnedRuntime | undefined; now: number },
): Record<string, unknown> => {
  const offered = new Map<symbol, unknown>([
    [tokens.kernels, own.kernels],
    [tokens.runtime, own.runtime],
    [tokens.gpu, options.gpu ? own.runtime : undefined],
    [tokens.clock, { now: () => own.now }],
    [tokens.log, silent],
  ]);
  return Object.fromEntries(
    Object.entries(component.inject).map(([name, token]) => {
      if (options.deps && Object.hasOwn(options.deps, name)) return [name, options.deps[name]];
      if (offered.has(token)) return [name, offered.get(token)];
      throw new Error(
        `${component.type} asks for "${tokenName(token)}"; give it to the kit: { deps: { ${name}: ... } }.`,
      );
    }),
  );
};

const countMemories = (kernels: Kernels): { kernels: Kernels; live: () => number } => {
  let live = 0;
  const memory = () => {
    const arena = kernels.memory();
    let held = true;
    live++;
    const release = () => {
      if (held) live--;
      held = false;
      arena.release();
    };
    return { ...arena, release };
  };
  return { kernels: { ...kernels, memory }, live: () => live };
};
