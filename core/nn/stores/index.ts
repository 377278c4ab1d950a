import type { TensorRuntime } from '../../spi/index.ts';
import type { Parameter } from '../parameter.ts';
import { createHostStore } from './host-store.ts';
import { createOwnStore, createWasmStore } from './native-store.ts';
import type { ParameterStore } from './store.ts';
import { createUpdateRule, type OptimizerConfig } from './update-rules.ts';

export type { ParameterStore } from './store.ts';
export type { OptimizerConfig } from './update-rules.ts';

/** Parameters and slots that a wasm memory of 4 GiB surely holds, with a batch beside them. */
const OWN_BYTES = 3e9;

/** The store that suits the runtime. Dispose it. */
export const createStore = (
  runtime: TensorRuntime,
  parameters: readonly Parameter[],
  config: OptimizerConfig,
): ParameterStore => {
  if (runtime.kind === 'wasm') return createWasmStore(runtime, parameters, config);
  const bytes = parameters.reduce((sum, { data }) => sum + data.byteLength, 0);
  const copies = 1 + createUpdateRule(config).slotNames.length;
  return (bytes * copies <= OWN_BYTES ? createOwnStore : createHostStore)(runtime, parameters, config);
};
