import type { Kernels } from './kernels.ts';
import type { Clock, Log } from './ports.ts';
import type { TensorRuntime } from './runtime.ts';
import type { Store } from './store.ts';
import { defineToken } from './token.ts';

/** What a component may ask for in its `inject` map: `inject: { runtime: tokens.runtime }`. */
export const tokens = {
  runtime: defineToken<TensorRuntime>('runtime'),
  /** The runtime where a GPU computes, otherwise undefined: for what has kernels of its own on the CPU. */
  gpu: defineToken<TensorRuntime | undefined>('gpu'),
  kernels: defineToken<Kernels>('kernels'),
  clock: defineToken<Clock>('clock'),
  log: defineToken<Log>('log'),
  store: defineToken<Store>('store', { mainOnly: true }),
} as const;
