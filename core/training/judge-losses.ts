import type { Dataset } from '../spi/index.ts';
import type { FitFigures } from './fit-graph.ts';

/** No loss of a fit that learns is so many times the square of the largest value or weight of the data. */
const ABSURD = 1e6;
/** A loss that grew so many times over did not learn. */
const GROWN = 100;
/** A loss that changed by less, relatively, over three epochs or more stood still. */
const STILL = 1e-6;

export interface Losses {
  readonly warnings: readonly string[];
  /** Slots, `models.taste`, whose loss is absurd or grew. */
  readonly diverged: ReadonlySet<string>;
}

/** Fits whose loss is finite and yet says that nothing was learned: absurdly large, grown, or the same all along. */
export const judgeLosses = (figures: Readonly<Record<string, FitFigures>>, data: Dataset): Losses => {
  const warnings: string[] = [];
  const diverged = new Set<string>();
  const scale = Math.max(1, largest(data.interactions.values), largest(data.interactions.weights)) ** 2;
  for (const [slot, { firstLoss: first, loss: last, epochs }] of Object.entries(figures)) {
    if (first === null || last === null) continue;
    const grew = last > GROWN * Math.max(Math.abs(first), 1e-6);
    if (Math.abs(last) > ABSURD * scale || grew) {
      diverged.add(slot);
      warnings.push(
        `${slot} diverged: its loss went from ${short(first)} to ${short(last)}. Lower its learningRate, set clipNorm, or raise its regularization.`,
      );
    } else if (epochs >= 3 && Math.abs(last - first) <= STILL * Math.abs(first)) {
      warnings.push(
        `${slot} learned nothing: its loss is ${short(last)} after ${epochs} epochs, as it was after the first. Raise its learningRate, or lower its regularization.`,
      );
    }
  }
  return { warnings, diverged };
};

const largest = (values: Float32Array): number => {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
};

const short = (loss: number): string => String(Number(loss.toPrecision(4)));
