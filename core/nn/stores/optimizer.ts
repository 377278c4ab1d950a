import type { StateTensor } from '../../spi/index.ts';
import type { Parameter } from '../parameter.ts';
import { clipTogether } from './clip.ts';
import { notListed } from './not-listed.ts';
import type { RowGradients } from './row-gradients.ts';
import type { OptimizerState } from './store.ts';
import { createUpdateRule, type OptimizerConfig } from './update-rules.ts';

/** A step's gradients: touched rows of tables, whole arrays of the others. */
export interface Gradients {
  readonly rows: readonly RowGradients[];
  readonly dense: readonly { readonly parameter: Parameter; readonly values: Float32Array }[];
}

/** Applies gradients to parameters; its memory (moments, sums) is part of a checkpoint. */
export class Optimizer {
  #step = 0;
  readonly #rule;
  readonly #slots = new Map<Parameter, readonly Float32Array[]>();

  constructor(config: OptimizerConfig, parameters: readonly Parameter[]) {
    this.#rule = createUpdateRule(config);
    for (const parameter of parameters) {
      this.#slots.set(
        parameter,
        this.#rule.slotNames.map(() => new Float32Array(parameter.data.length)),
      );
    }
  }

  /** One step; `factor` scales the learning rate (a schedule's). Rows that `gradients` leaves out stay as they are. */
  apply(gradients: Gradients, factor = 1): void {
    this.#rule.begin(++this.#step, factor);
    for (const { parameter, values } of gradients.dense) {
      this.#rule.update(parameter.data, 0, values, 0, values.length, this.#slotsOf(parameter));
    }
    for (const { table, rows, count, values } of gradients.rows) {
      const slots = this.#slotsOf(table);
      const { columns, data } = table;
      for (let k = 0; k < count; k++) {
        this.#rule.update(data, rows[k]! * columns, values, k * columns, columns, slots);
      }
    }
  }

  state(): OptimizerState {
    return { step: this.#step, tensors: slotState(this.#slots, this.#rule.slotNames) };
  }

  restore({ step, tensors }: OptimizerState): void {
    this.#step = step;
    restoreSlots(this.#slots, this.#rule.slotNames, tensors);
  }

  #slotsOf(parameter: Parameter): readonly Float32Array[] {
    return this.#slots.get(parameter) ?? notListed(parameter);
  }
}

type Slots = ReadonlyMap<Parameter, readonly Float32Array[]>;

/** What an optimizer remembers, by `parameter/slot`. */
export const slotState = (slots: Slots, names: readonly string[]): Record<string, StateTensor> => {
  const tensors: Record<string, StateTensor> = {};
  for (const [parameter, own] of slots) {
    for (const [index, name] of names.entries()) {
      tensors[`${parameter.name}/${name}`] = { shape: parameter.shape, data: own[index]!.slice() };
    }
  }
  return tensors;
};

export const restoreSlots = (
  slots: Slots,
  names: readonly string[],
  tensors: Readonly<Record<string, StateTensor>>,
): void => {
  for (const [parameter, own] of slots) {
    for (const [index, name] of names.entries()) own[index]!.set(tensors[`${parameter.name}/${name}`]!.data);
  }
};

/** Scales gradients in place so that their common L2 norm is at most `maximum`; returns the norm before. */
export const clipByGlobalNorm = (gradients: Gradients, maximum: number): number => {
  return clipTogether(
    [
      ...gradients.dense.map(({ values }) => values),
      ...gradients.rows.map(({ values, count, table }) => values.subarray(0, count * table.columns)),
    ],
    maximum,
  );
};
