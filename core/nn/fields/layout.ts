import { type Dataset, type FeatureColumn, type FeatureRows, RecographError } from '../../spi/index.ts';

/** What a feature describes. A query is a user in a context; a candidate is an item. */
export type Side = 'user' | 'context' | 'item';

/** One field's rows in the embedding tables: `offset .. offset + size`. */
export interface Field {
  /** `user`, `item` (the ids), or `SIDE.COLUMN`. */
  readonly name: string;
  readonly side: Side;
  /** The feature column; undefined = the id. */
  readonly column?: string;
  readonly kind: 'id' | 'categorical' | 'bag' | 'dense';
  readonly offset: number;
  /** id: how many are known; categorical and bag: codes; dense: width + 1, the last one for "missing". */
  readonly size: number;
}

/** Fields in the order user, context, item. Plain JSON: it belongs into a model's state. */
export interface FieldLayout {
  readonly fields: readonly Field[];
  /** Rows that an embedding table over all fields needs. */
  readonly rows: number;
}

export interface FieldConfig {
  /** Which ids are fields. */
  readonly ids: readonly ('user' | 'item')[];
  /** Columns `user.X`, `item.X`, `context.X`; default: all that are not raw text. */
  readonly fields?: readonly string[] | undefined;
}

/** Gives each field of the data its rows. Throws CONFIG_INVALID on a name that the data does not have. */
export const layFields = (data: Dataset, { ids, fields }: FieldConfig): FieldLayout => {
  const available = availableFields(data);
  const chosen = new Set<string>(ids);
  for (const name of fields ?? [...available.values()].filter(({ kind }) => kind !== 'id').map(({ name }) => name)) {
    if (!available.has(name)) {
      const known = [...available.keys()].join(', ');
      throw new RecographError(
        'CONFIG_INVALID',
        `fields names "${name}", which the data does not have. Known: ${known}.`,
        {
          at: 'fields',
        },
      );
    }
    chosen.add(name);
  }
  let rows = 0;
  const laid = [...available.values()]
    .filter(({ name }) => chosen.has(name))
    .map((field) => {
      const offset = rows;
      rows += field.size;
      return { ...field, offset };
    });
  if (laid.length === 0) {
    throw new RecographError('CONFIG_INVALID', 'No fields are left to learn from: name ids or fields.', {
      at: 'fields',
    });
  }
  return { fields: laid, rows };
};

const availableFields = (data: Dataset): ReadonlyMap<string, Omit<Field, 'offset'>> => {
  const sides: readonly [Side, FeatureRows, number | undefined][] = [
    ['user', data.userFeatures, data.users.size],
    ['context', data.interactions.context, undefined],
    ['item', data.itemFeatures, data.items.size],
  ];
  const found = new Map<string, Omit<Field, 'offset'>>();
  for (const [side, features, ids] of sides) {
    if (ids !== undefined) found.set(side, { name: side, side, kind: 'id', size: ids });
    for (const [column, values] of Object.entries(features.columns)) {
      if (values.kind === 'text') continue;
      const name = `${side}.${column}`;
      found.set(name, { name, side, column, kind: values.kind, size: sizeOf(values) });
    }
  }
  return found;
};

const sizeOf = (column: Exclude<FeatureColumn, { kind: 'text' }>): number =>
  column.kind === 'dense' ? column.width + 1 : column.size;
