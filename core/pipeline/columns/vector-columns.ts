import type { FittedExtractor, Matrix } from '../../spi/index.ts';
import { RecographError } from '../../spi/index.ts';
import type { ColumnBlock } from './feature-columns.ts';

/** `FEATURE[k]`: the cached vector of each candidate, or the vector of the query it belongs to. */
export const vectorColumns = (name: string, extractor: FittedExtractor): ColumnBlock => ({
  names: Array.from({ length: extractor.width }, (_, k) => `${name}[${k}]`),
  write: async (rows, { data, stride, at }) => {
    let vectors: Matrix | undefined;
    if (extractor.subject === 'user') vectors = await extractor.extract(rows.queries);
    else vectors = rows.catalogue.vectors(name);
    if (!vectors || vectors.columns !== extractor.width) {
      const given = vectors ? `${vectors.columns} columns` : 'no vectors';
      throw new RecographError('INTERNAL', `features.${name} has ${given} where ${extractor.width} columns are due.`);
    }
    const rowOf = extractor.subject === 'user' ? rows.queryOf : rows.indices;
    for (let r = 0; r < rowOf.length; r++) {
      if (rowOf[r]! >= vectors.rows) continue;
      const from = rowOf[r]! * vectors.columns;
      data.set(vectors.data.subarray(from, from + vectors.columns), r * stride + at);
    }
  },
});
