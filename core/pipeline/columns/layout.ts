import type { FeatureColumn, FeatureRows } from '../../spi/index.ts';
import { RecographError } from '../../spi/index.ts';

/** Which columns users and requests have; the rows do not matter. */
export interface FieldLayout {
  readonly user: FeatureRows;
  readonly context: FeatureRows;
}

/** Codes from here on share columns by hash. */
const MAX_CODES = 64;
/** 0 = missing and 1 = unseen keep columns of their own. */
const RESERVED = 2;

/**
 * The numbers a field becomes: dense fields are taken as they are, `item.price` or `item.embedding[2]`; a
 * categorical field or a bag has one 0/1 column a code, `item.genre[5]`, where code 0 = missing and 1 = unseen while
 * fitting. Fields of more than 64 codes are hashed into 64 columns (Weinberger et al. 2009).
 * Throws CONFIG_INVALID for raw text.
 */
export const fieldColumns = (name: string, column: FeatureColumn): string[] => {
  if (column.kind === 'text') {
    throw new RecographError(
      'CONFIG_INVALID',
      `${name} is raw text, which is no feature column. Name a feature that reads it, or encode it as categories.`,
    );
  }
  if (column.kind === 'dense' && column.width === 1) return [name];
  const width = column.kind === 'dense' ? column.width : Math.min(column.size, MAX_CODES);
  return Array.from({ length: width }, (_, k) => `${name}[${k}]`);
};

/**
 * Writes one field of `rows.length` candidates, where candidate r has source row `rows[r]`, into the columns from
 * `at` of a matrix with `stride` columns. A field that is absent counts as missing in every row.
 */
export const writeField = (
  layout: Exclude<FeatureColumn, { kind: 'text' }>,
  column: FeatureColumn | undefined,
  rows: Int32Array,
  into: { readonly data: Float32Array; readonly stride: number; readonly at: number },
): void => {
  const { data, stride, at } = into;
  if (column && (column.kind !== layout.kind || (column.kind === 'dense' && column.width !== widthOf(layout)))) {
    throw new RecographError('INTERNAL', `A field is ${column.kind} here and was ${layout.kind} in the layout.`);
  }
  const width = widthOf(layout);
  for (let r = 0; r < rows.length; r++) {
    const target = r * stride + at;
    const row = rows[r]!;
    if (layout.kind === 'dense') {
      for (let k = 0; k < width; k++) {
        data[target + k] = column?.kind === 'dense' ? column.values[row * width + k]! : Number.NaN;
      }
      continue;
    }
    data.fill(0, target, target + width);
    if (column?.kind === 'categorical') data[target + columnOf(column.codes[row]!, layout.size)] = 1;
    else if (column?.kind === 'bag' && column.offsets[row]! < column.offsets[row + 1]!) {
      for (let k = column.offsets[row]!; k < column.offsets[row + 1]!; k++) {
        data[target + columnOf(column.codes[k]!, layout.size)] = 1;
      }
    } else data[target] = 1;
  }
};

const widthOf = (column: Exclude<FeatureColumn, { kind: 'text' }>): number =>
  column.kind === 'dense' ? column.width : Math.min(column.size, MAX_CODES);

const columnOf = (code: number, size: number): number => {
  if (code >= size) return Math.min(1, size - 1);
  if (size <= MAX_CODES || code < RESERVED) return code;
  return RESERVED + ((Math.imul(code, 0x9e3779b1) >>> 0) % (MAX_CODES - RESERVED));
};
