import type { Dataset, Matrix, StateTensor } from '../spi/index.ts';

/** One flag an item: 1 where an event teaches something of it, a positive or, of `values`, one with a value. */
export const knownItems = ({ items, interactions }: Dataset, of: 'positives' | 'values' = 'positives'): Uint8Array => {
  const known = new Uint8Array(items.size);
  const { items: chosen, weights, values } = interactions;
  for (let k = 0; k < chosen.length; k++) {
    if (of === 'positives' ? weights[k]! > 0 : Number.isFinite(values[k]!)) known[chosen[k]!] = 1;
  }
  return known;
};

/**
 * Item vectors with rows of NaN where `isKnown` says no: vectors that nothing was learned of hold first values, or what
 * all that nobody chose has in common. The matrix itself where all are known, else a copy.
 */
export const knownRows = (vectors: Matrix, isKnown: (row: number) => boolean): Matrix => {
  const { rows, columns } = vectors;
  let data: Float32Array | undefined;
  for (let row = 0; row < rows; row++) {
    if (isKnown(row)) continue;
    data ??= vectors.data.slice();
    data.fill(Number.NaN, row * columns, (row + 1) * columns);
  }
  return data ? { rows, columns, data } : vectors;
};

/** `knownItems` as a state carries it; a state written before there was one knows all. */
export const knownTensor = (known: Uint8Array): { known: StateTensor } => ({
  known: { shape: [known.length], data: known },
});
export const knownFrom = (tensors: Readonly<Record<string, StateTensor>>, items: number): Uint8Array =>
  (tensors.known?.data as Uint8Array | undefined) ?? new Uint8Array(items).fill(1);
