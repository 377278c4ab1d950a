import { type TermSpace, tfIdf } from '../../data/index.ts';
import { singularDirections } from '../../math/index.ts';
import type { FeatureRows, FitOptions } from '../../spi/index.ts';
import type { Table } from '../parameter.ts';

/** Root mean square of the first token vectors. */
const SIZE = 0.1;

/**
 * Lets a network start from what tokens mean by the texts alone: a token's vector holds its places in the leading
 * directions of the tf-idf matrix (latent semantic analysis), so that the gist of a text is its projection. Columns beyond the
 * matrix's rank keep what they had.
 */
export const startWords = async (
  words: Table,
  items: FeatureRows,
  space: TermSpace,
  { rng, signal }: FitOptions,
): Promise<void> => {
  const options = { rng: rng.fork('first words'), signal, report: () => undefined };
  const { rows, columns, data } = await singularDirections(tfIdf(items, space), words.columns, options);
  const scale = SIZE / Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / Math.max(1, data.length) || 1);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) words.data[row * words.columns + c] = data[row * columns + c]! * scale;
  }
};
