import type { TensorRuntime } from '../../spi/index.ts';
import type { Parameter } from '../parameter.ts';
import { createHostStore } from './host-store.ts';
import type { ParameterStore } from './store.ts';
import type { OptimizerConfig } from './update-rules.ts';
import { createWasmStore } from './wasm-store.ts';

export type { ParameterStore } from './store.ts';
export type { OptimizerConfig } from './update-rules.ts';

/** The store that suits the runtime. Dispose it. */
export const createStore = (
  runtime: TensorRuntime,
  parameters: readonly Parameter[],
  config: OptimizerConfig,
): ParameterStore => (runtime.kind === 'wasm' ? createWasmStore : createHostStore)(runtime, parameters, config);
