import type { Component, Kind, Ref } from '../spi/index.ts';
import type { RefKind } from './define.ts';

/** Which strings each kind of reference may be in one config: the names of its models M and features F. */
export type NamesOf<M extends string, F extends string> = {
  model: M;
  feature: `${M}.${'score' | 'rank'}` | F | `${'item' | 'user' | 'context'}.${string}`;
  vectors: M | F;
} & Record<RefKind, string>;

type AnyNames = Record<RefKind, string>;
// biome-ignore lint/suspicious/noExplicitAny: any function
type AnyFunction = (...args: any[]) => unknown;

/** A component's config as written, with every `Ref` in it replaced by the names it may be. */
export type Resolve<I, N extends AnyNames> =
  I extends Ref<infer R>
    ? N[R]
    : I extends AnyFunction | Date | ArrayBufferView
      ? I
      : I extends readonly unknown[]
        ? { [K in keyof I]: Resolve<I[K], N> }
        : I extends object
          ? ResolveObject<I, N>
          : I;

type ResolveObject<I extends object, N extends AnyNames> = [keyof I] extends [never]
  ? I
  : keyof I extends Ref<infer R>
    ? { [K in N[R]]?: Resolve<I[keyof I], N> }
    : { [K in keyof I]: Resolve<I[K], N> };

/** `{ use, config }` for each component of C of kind K; `config` may be left out where all of it has defaults. */
export type Slot<C, K extends Kind, N extends AnyNames> =
  C extends Component<K, infer T, infer I>
    ? I extends Record<string, never>
      ? { use: T }
      : // biome-ignore lint/complexity/noBannedTypes: asks whether {} is a valid config
        {} extends I
        ? { use: T; config?: Resolve<I, N> }
        : { use: T; config: Resolve<I, N> }
    : never;
