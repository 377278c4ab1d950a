import type { ComponentState, Csr, Extractor, FeatureRows, ItemExtractor, Matrix } from 'recograph';
import {
  chooseTerms,
  countTerms,
  createTermSpace,
  RecographError,
  type TermSpace,
  tfIdf,
  throwIfCancelled,
} from 'recograph';
import { singularDirections } from 'recograph/math';

export interface ContentConfig {
  readonly fields: readonly string[];
  readonly minCount: number;
  readonly maxFeatures: number;
  readonly dimensions: number;
}

export const createContent = (config: ContentConfig): Extractor => ({
  fit: async (data, _inputs, options) => {
    throwIfCancelled(options.signal);
    refuseNumbers(data.itemFeatures, config.fields);
    const counted = countTerms(data.itemFeatures, config.fields);
    const terms = chooseTerms(counted, config.minCount, config.maxFeatures);
    const space = createTermSpace(config.fields, terms, data.itemFeatures.rows);
    if (terms.length <= config.dimensions) {
      options.report({ epoch: 1, epochs: 1 });
      return fittedContent(space);
    }
    return fittedContent(space, await singularDirections(tfIdf(data.itemFeatures, space), config.dimensions, options));
  },
  restore: (state) => {
    const { fields, terms } = state.json as unknown as Pick<TermSpace, 'fields' | 'terms'>;
    const { idf, directions } = state.tensors;
    const [rows = 0, columns = 0] = directions?.shape ?? [];
    return fittedContent(
      { fields, terms, idf: idf!.data as Float32Array },
      directions && { rows, columns, data: directions.data as Float32Array },
    );
  },
});

const refuseNumbers = (items: FeatureRows, fields: readonly string[]): void => {
  for (const field of fields) {
    if (items.columns[field]?.kind !== 'dense') continue;
    throw new RecographError(
      'CONFIG_INVALID',
      `content reads categories, tokens and texts; its field "${field}" is a column of numbers. ` +
        'Leave it out, or encode it by data.features.items with kind category, or number with buckets.',
      { at: 'fields' },
    );
  }
};

/** Without `directions` the vectors are the tf-idf rows themselves. */
const fittedContent = (space: TermSpace, directions?: Matrix): ItemExtractor => ({
  subject: 'item',
  width: directions?.columns ?? Math.max(1, space.terms.length),
  ...(directions ? {} : { labels: labelsOf(space) }),
  extract: async (items) => unitRows(tfIdf(items, space), directions),
  state: (): ComponentState => ({
    json: { fields: space.fields, terms: space.terms.map(({ field, term }) => ({ field, term })) },
    tensors: {
      idf: { shape: [space.idf.length], data: space.idf },
      ...(directions && { directions: { shape: [directions.rows, directions.columns], data: directions.data } }),
    },
  }),
});

const labelsOf = ({ fields, terms }: TermSpace): readonly string[] =>
  terms.length === 0 ? ['(nothing)'] : terms.map(({ field, term }) => `${fields[field]}[${term}]`);

/** Rows of A times the directions, each of unit length; NaN where nothing of the row is left. */
const unitRows = (a: Csr, directions?: Matrix): Matrix => {
  const columns = directions?.columns ?? Math.max(1, a.columns);
  const data = new Float32Array(a.rows * columns);
  const sums = new Float64Array(columns);
  for (let r = 0; r < a.rows; r++) {
    sums.fill(0);
    for (let e = a.offsets[r]!; e < a.offsets[r + 1]!; e++) {
      const value = a.values[e]!;
      if (!directions) sums[a.indices[e]!] = value;
      else {
        const start = a.indices[e]! * columns;
        for (let d = 0; d < columns; d++) sums[d]! += value * directions.data[start + d]!;
      }
    }
    let squares = 0;
    for (const sum of sums) squares += sum * sum;
    const scale = squares > 1e-12 ? 1 / Math.sqrt(squares) : Number.NaN;
    for (let d = 0; d < columns; d++) data[r * columns + d] = sums[d]! * scale;
  }
  return { rows: a.rows, columns, data };
};
