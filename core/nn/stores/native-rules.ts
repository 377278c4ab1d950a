import type { Native } from '../../runtime/wasm/index.ts';
import { adagradTerms, adamTerms, type OptimizerConfig, sgdTerms } from './update-rules.ts';

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
  switch (config.kind) {
    case 'adam': {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = config;
      let terms = adamTerms(config, 1, 1);
      return {
        begin: (step, factor) => {
          terms = adamTerms(config, step, factor);
        },
        update: (values, [first, second], columns, list, count, gradient) => {
          const { scale, correction, keep } = terms;
          native.adamRows(
            values,
            first!,
            second!,
            columns,
            list,
            count,
            gradient,
            beta1,
            beta2,
            scale,
            correction,
            epsilon,
            keep,
          );
        },
      };
    }
    case 'adagrad': {
      let terms = adagradTerms(config, 1);
      return {
        begin: (_, factor) => {
          terms = adagradTerms(config, factor);
        },
        update: (values, [sums], columns, list, count, gradient) =>
          native.adagradRows(values, sums!, columns, list, count, gradient, terms.rate, terms.epsilon, terms.keep),
      };
    }
    case 'sgd': {
      let terms = sgdTerms(config, 1);
      return {
        begin: (_, factor) => {
          terms = sgdTerms(config, factor);
        },
        update: (values, [velocity = 0], columns, list, count, gradient) =>
          native.sgdRows(values, velocity, columns, list, count, gradient, terms.rate, terms.momentum, terms.keep),
      };
    }
  }
};
