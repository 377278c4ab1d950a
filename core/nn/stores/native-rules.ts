import type { Native } from '../../runtime/wasm/index.ts';
import { kernelNumbers, kernelSlots } from './kernel-arguments.ts';
import type { OptimizerConfig } from './update-rules.ts';

/** An update rule over addresses in the wasm backend's memory. */
export interface NativeRule {
  begin(step: number, factor: number): void;
  /** Rows `list[0 .. count)` of `columns` floats move by the gradient's rows 0 .. count. */
  update(
    values: number,
    slots: readonly number[],
    columns: number,
    list: number,
    count: number,
    gradient: number,
  ): void;
}

/** The formulas of update-rules.ts in single precision, four at a time. */
export const nativeRule = (config: OptimizerConfig, native: Native): NativeRule => {
  const run = native[`${config.kind}Rows`] as (...given: readonly number[]) => void;
  let numbers = kernelNumbers(config, 1, 1);
  return {
    begin: (step, factor) => {
      numbers = kernelNumbers(config, step, factor);
    },
    update: (values, slots, columns, list, count, gradient) =>
      run(values, ...kernelSlots(slots), columns, list, count, gradient, ...numbers),
  };
};
