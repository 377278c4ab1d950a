import { basename, dirname, join, resolve } from 'node:path';
import { refuseShadowing } from '../evaluation/index.ts';
import { createKernels } from '../math/index.ts';
import type { OpenedConfig } from '../registry/open-config.ts';
import { slotsOf } from '../registry/slots.ts';
import { createGpuRuntime, createRuntime, type OwnedRuntime } from '../runtime/index.ts';
import {
  type Clock,
  type Instances,
  type Kernels,
  type Kind,
  type Log,
  RecographError,
  type Store,
  type TensorRuntime,
  type Token,
  tokens,
} from '../spi/index.ts';
import type { CreateComponent } from '../training/fit-graph.ts';
import { type Container, createContainer, type Provider, provide } from './container.ts';

export interface EnvironmentOptions {
  readonly worker: boolean;
  /** Of the kernels, the calling one included; default: one a core. */
  readonly kernelThreads?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A config's collaborators: what components are made with. */
export interface Environment extends OpenedConfig {
  /**
   * Starts the tensor runtime, where a component of the config asks for it, or for a GPU that is there. Whoever makes
   * components waits for it first; the store needs none. Throws RUNTIME_UNAVAILABLE.
   */
  start(): Promise<void>;
  readonly container: Container;
  readonly create: CreateComponent;
  /** The same with other kernels, which whoever gives them disposes of. */
  createOver(kernels: Kernels): CreateComponent;
  /** Absent before the start, and where no component of the config asks for one. */
  readonly runtime: TensorRuntime | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Where bundles lie: beside the database. */
  readonly bundleFolder: string;
  /** Where processes say which bundles they serve. */
  readonly leaseFolder: string;
  dispose(): Promise<void>;
}

/** Opens the store and makes the kernels; what takes long waits for `start`. */
export const createEnvironment = async (opened: OpenedConfig, options: EnvironmentOptions): Promise<Environment> => {
  const { config, components, folder } = opened;
  refuseShadowing(components.types('metric'));
  const { worker, kernelThreads, clock, log } = options;
  const storePath = storePathOf(resolve(folder, config.store.path));
  const wants = (token: Token<unknown>) =>
    slotsOf(config).some(({ kind, slot }) =>
      Object.values(components.find(kind, String(slot.use))?.inject ?? {}).includes(token),
    );
  const ambient = [provide(tokens.clock, () => clock), provide(tokens.log, () => log)];
  const store = worker ? undefined : await openStore(opened, storePath, ambient);
  const kernels = createKernels(kernelThreads === undefined ? {} : { threads: kernelThreads });
  const asks = { runtime: wants(tokens.runtime), gpu: wants(tokens.gpu) };
  let runtime: OwnedRuntime | undefined;
  const startedRuntime = (): OwnedRuntime => {
    if (runtime) return runtime;
    throw new RecographError('INTERNAL', 'A component asks for the tensor runtime before it has been started.');
  };
  let starting: Promise<void> | undefined;
  const start = async (): Promise<void> => {
    runtime = asks.runtime
      ? await createRuntime(config.runtime)
      : asks.gpu
        ? await createGpuRuntime(config.runtime)
        : undefined;
    if (runtime) container.get(tokens.runtime);
  };
  const containerWith = (own: Kernels): Container =>
    createContainer({
      worker,
      providers: [
        ...ambient,
        ...(store
          ? [
              provide(
                tokens.store,
                () => store,
                (instance) => instance.close(),
              ),
            ]
          : []),
        provide(
          tokens.kernels,
          () => own,
          (instance) => instance.dispose(),
        ),
        ...(asks.runtime || asks.gpu ? [provide(tokens.runtime, startedRuntime, () => runtime?.dispose())] : []),
        provide(tokens.gpu, () => (runtime?.gpu ? runtime : undefined)),
      ],
    });
  const container = containerWith(kernels);
  container.get(tokens.kernels);
  if (store) container.get(tokens.store);
  return {
    ...opened,
    start: () => {
      starting ??= start().catch((error) => {
        starting = undefined;
        throw error;
      });
      return starting;
    },
    container,
    get runtime() {
      return runtime;
    },
    clock,
    log,
    bundleFolder: join(dirname(storePath), 'bundles'),
    leaseFolder: join(dirname(storePath), 'serving'),
    create: componentFactory(opened, container),
    createOver: (own) => componentFactory(opened, containerWith(own)),
    dispose: () => container.dispose(),
  };
};

/** `RECOGRAPH_DATA_DIR` puts the database, and what lies beside it, into another folder. */
const storePathOf = (path: string): string => {
  const folder = process.env.RECOGRAPH_DATA_DIR;
  return folder ? join(resolve(folder), basename(path)) : path;
};

const componentFactory =
  ({ components }: OpenedConfig, container: Container): CreateComponent =>
  <K extends Kind>(kind: K, slot: { use: string; config: unknown }, at: string): Instances[K] => {
    const component = components.find(kind, slot.use);
    if (!component) {
      const message = `${at}.use is "${slot.use}", which no loaded plugin declares. Known: ${components.types(kind).join(', ')}.`;
      throw new RecographError('UNKNOWN_COMPONENT', message, { at: `${at}.use` });
    }
    const deps = container.resolveDeps(component.inject, at);
    return component.create(slot.config as never, deps as never) as Instances[K];
  };

const openStore = async (
  { components, config }: OpenedConfig,
  path: string,
  providers: readonly Provider[],
): Promise<Store> => {
  const component = components.find('store', 'typeorm');
  if (!component) throw new RecographError('PLUGIN_INVALID', 'No loaded plugin declares the store "typeorm".');
  const deps = createContainer({ worker: false, providers }).resolveDeps(component.inject, 'store');
  const unlisted = config.data.unlisted ?? (namesCatalogue(config) ? 'hide' : undefined);
  return component.create({ path, unlisted } as never, deps as never) as Promise<Store>;
};

/** A MovieLens folder brings its movies along. */
const namesCatalogue = ({ data }: OpenedConfig['config']): boolean =>
  data.items !== undefined || data.interactions?.format === 'movielens';
