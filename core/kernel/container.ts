import 'reflect-metadata';
import { instancePerContainerCachingFactory, container as root } from 'tsyringe';
import { type Deps, type Inject, isMainOnly, RecographError, type Token, tokenName } from '../spi/index.ts';

/** How something injected comes into being: once a container, when it is first asked for. */
export interface Provider<T = unknown> {
  readonly token: Token<T>;
  /** `get` gives what this one needs itself. What starts asynchronously is started before and handed over ready. */
  create(get: <U>(token: Token<U>) => U): T;
  dispose?(instance: T): Promise<void> | void;
}

/** Keeps the types of token and instance together in a list of providers. */
export const provide = <T>(
  token: Token<T>,
  create: Provider<T>['create'],
  dispose?: (instance: T) => Promise<void> | void,
): Provider => ({ token, create, ...(dispose && { dispose: dispose as Provider['dispose'] & object }) });

export interface Container {
  /** Throws DEPENDENCY_UNAVAILABLE, CYCLE. */
  get<T>(token: Token<T>): T;
  /** Exactly what a component's `inject` map names; `component` is its place in the config, for the error. */
  resolveDeps<D extends Inject>(inject: D, component: string): Deps<D>;
  /** Disposes what was created, newest first, each after the one before. Later calls give the same promise. */
  dispose(): Promise<void>;
}

interface ContainerOptions {
  /** In a worker, tokens defined with `mainOnly` are refused even where a provider is given. */
  readonly worker: boolean;
  readonly providers: readonly Provider[];
}

/** A container of its own, over tsyringe: no decorators, no global registrations. */
export const createContainer = ({ worker, providers }: ContainerOptions): Container => {
  const child = root.createChildContainer();
  const offered = providers.filter((provider) => !(worker && isMainOnly(provider.token)));
  const creating: symbol[] = [];
  const disposers: (() => Promise<void> | void)[] = [];
  let disposal: Promise<void> | undefined;

  const refuse = (token: symbol, who: string): RecographError => {
    const name = tokenName(token);
    const known = offered.map((provider) => tokenName(provider.token)).join(', ') || 'nothing';
    const why =
      worker && isMainOnly(token)
        ? `which the main process alone offers, and this is a worker: workers never write. Take "${name}" out of its \`inject\``
        : `which is not offered here. Take "${name}" out of its \`inject\`, or provide it when creating the recommender`;
    return new RecographError('DEPENDENCY_UNAVAILABLE', `${who} asks for "${name}", ${why}. Offered: ${known}.`, {
      at: who,
    });
  };

  const get = <T>(token: Token<T>, who: string): T => {
    if (disposal !== undefined) {
      const message = `${who} asks for "${tokenName(token)}" after the recommender was closed.`;
      throw new RecographError('DEPENDENCY_UNAVAILABLE', message, { at: who });
    }
    if (!child.isRegistered(token, false)) throw refuse(token, who);
    return child.resolve<T>(token);
  };

  const create = (provider: Provider): unknown => {
    const name = tokenName(provider.token);
    const start = creating.indexOf(provider.token);
    if (start >= 0) {
      const circle = [...creating.slice(start), provider.token].map(tokenName).join(' -> ');
      throw new RecographError('CYCLE', `The providers ${circle} need each other.`, { at: name });
    }
    creating.push(provider.token);
    try {
      const instance = provider.create((token) => get(token, `provider "${name}"`));
      if (provider.dispose !== undefined) disposers.push(() => provider.dispose?.(instance));
      return instance;
    } finally {
      creating.pop();
    }
  };

  for (const provider of offered) {
    child.register(provider.token, { useFactory: instancePerContainerCachingFactory(() => create(provider)) });
  }

  const disposeAll = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const dispose of disposers.toReversed()) {
      try {
        await dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    child.clearInstances();
    if (failures.length > 0) throw new AggregateError(failures, 'Some parts could not be closed.');
  };

  return {
    get: (token) => get(token, 'the recommender'),
    resolveDeps: <D extends Inject>(inject: D, component: string) =>
      Object.fromEntries(Object.entries(inject).map(([name, token]) => [name, get(token, component)])) as Deps<D>,
    dispose: () => {
      disposal ??= disposeAll();
      return disposal;
    },
  };
};
