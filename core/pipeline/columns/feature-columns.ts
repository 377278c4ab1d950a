import type { FeatureRows, Matrix } from '../../spi/index.ts';
import { RecographError } from '../../spi/index.ts';
import type { Failures } from '../failures.ts';
import type { PipelineParts } from '../types.ts';
import type { CandidateRows } from './candidate-rows.ts';
import { fieldColumns, writeField } from './layout.ts';
import { rankColumn, scoreColumn } from './model-column.ts';
import { vectorColumns } from './vector-columns.ts';

/** The columns that one feature reference stands for. */
export interface ColumnBlock {
  readonly names: readonly string[];
  /** Writes columns `at .. at + names.length` of every candidate's row; what it leaves alone is missing. */
  write(
    rows: CandidateRows,
    into: { readonly data: Float32Array; readonly stride: number; readonly at: number },
  ): Promise<void>;
}

export interface FeatureColumns {
  readonly names: readonly string[];
  /** [candidates x names]. A reference that fails is missing (NaN) in every row, and its failure is kept. */
  assemble(rows: CandidateRows, failures: Failures): Promise<Matrix>;
}

/**
 * The feature columns of a ranker: `MODEL.score`, `MODEL.rank`, a feature's name, `item.FIELD`, `user.FIELD`,
 * `context.FIELD`. Serving and training both assemble them here. Throws UNKNOWN_REFERENCE.
 */
export const featureColumns = (
  references: readonly string[],
  parts: Pick<PipelineParts, 'models' | 'features' | 'catalogue' | 'layout'>,
): FeatureColumns => {
  const blocks = [...new Set(references)].map((reference) => ({ reference, block: blockOf(reference, parts) }));
  const names = blocks.flatMap(({ block }) => block.names);
  return {
    names,
    assemble: async (rows, failures) => {
      const stride = names.length;
      const data = new Float32Array(rows.indices.length * stride).fill(Number.NaN);
      const queries = Int32Array.from({ length: rows.queries.size }, (_, q) => q);
      let at = 0;
      for (const { reference, block } of blocks) {
        const into = { data, stride, at };
        await failures.attempt(`features.${reference}`, queries, () => block.write(rows, into));
        at += block.names.length;
      }
      return { rows: rows.indices.length, columns: stride, data };
    },
  };
};

const blockOf = (
  reference: string,
  parts: Pick<PipelineParts, 'models' | 'features' | 'catalogue' | 'layout'>,
): ColumnBlock => {
  if (Object.hasOwn(parts.features, reference)) return vectorColumns(reference, parts.features[reference]!);
  const dot = reference.lastIndexOf('.');
  const model = reference.slice(0, dot);
  const what = reference.slice(dot + 1);
  if (dot > 0 && Object.hasOwn(parts.models, model)) {
    if (what === 'score') return scoreColumn(model);
    if (what === 'rank') return rankColumn(model);
  }
  const [subject, field] = [reference.split('.', 1)[0]!, reference.slice(reference.indexOf('.') + 1)];
  if (subject === 'item') {
    return fieldBlock(reference, field, parts.catalogue.features(new Int32Array(0)), (rows) => [
      rows.itemFeatures(),
      Int32Array.from(rows.indices.keys()),
    ]);
  }
  if (subject === 'user' || subject === 'context') {
    return fieldBlock(reference, field, parts.layout?.[subject], (rows) => [
      subject === 'user' ? rows.queries.userFeatures : rows.queries.context,
      rows.queryOf,
    ]);
  }
  throw new RecographError(
    'UNKNOWN_REFERENCE',
    `"${reference}" is no feature column. Write MODEL.score, MODEL.rank, a feature's name, item.FIELD, user.FIELD ` +
      'or context.FIELD.',
  );
};

const fieldBlock = (
  reference: string,
  field: string,
  layout: FeatureRows | undefined,
  source: (rows: CandidateRows) => [FeatureRows, Int32Array],
): ColumnBlock => {
  const columns = layout?.columns ?? {};
  const column = Object.hasOwn(columns, field) ? columns[field] : undefined;
  if (!column) {
    const known = Object.keys(columns).join(', ') || 'none';
    const message = `"${reference}" names a field that the data does not have. Known fields: ${known}.`;
    throw new RecographError('UNKNOWN_REFERENCE', message);
  }
  const names = fieldColumns(reference, column);
  if (column.kind === 'text') return { names, write: async () => undefined };
  return {
    names,
    write: async (rows, into) => {
      const [features, rowOf] = source(rows);
      writeField(column, features.columns[field], rowOf, into);
    },
  };
};
