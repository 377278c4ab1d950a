import type { Dataset, FeatureColumn, FeatureRows } from 'recograph';
import { RecographError } from 'recograph';

export type Side = 'user' | 'item' | 'context';

/** One field's place among the weights: `offset .. offset + size`. */
export interface Block {
  /** `user`, `item` (the ids), or `SIDE.FIELD`. */
  readonly name: string;
  readonly side: Side;
  /** The column's name; undefined = the id. */
  readonly field?: string;
  readonly kind: 'id' | 'categorical' | 'bag' | 'dense';
  readonly offset: number;
  /** id: how many are known; categorical and bag: codes; dense: width + 1, the last one for "missing". */
  readonly size: number;
}

/** Hashed conjunctions of several blocks. */
export interface Cross {
  readonly blocks: readonly Omit<Block, 'offset'>[];
  readonly offset: number;
  readonly size: number;
}

export interface Layout {
  readonly blocks: readonly Block[];
  readonly crosses: readonly Cross[];
  /** How many weights there are; the last one is the intercept. */
  readonly size: number;
}

export interface LayoutConfig {
  readonly ids: readonly ('user' | 'item')[];
  readonly fields?: readonly string[] | undefined;
  readonly crosses: readonly (readonly string[])[];
  readonly crossSize: number;
}

const sides = ['user', 'item', 'context'] as const;

/** Where each field's weights stand. Throws CONFIG_INVALID on a name the data does not have. */
export const createLayout = (data: Dataset, config: LayoutConfig): Layout => {
  const available = availableBlocks(data);
  const find = (name: string, at: string) => {
    const block = available.get(name);
    if (block) return block;
    throw new RecographError(
      'CONFIG_INVALID',
      `${at} names "${name}", which the data does not have. Known: ${[...available.keys()].join(', ')}.`,
      { at },
    );
  };
  const chosen =
    config.fields?.map((name) => find(name, 'fields')) ?? [...available.values()].filter(({ kind }) => kind !== 'id');
  let size = 0;
  const place = <T extends { size: number }>(part: T): T & { offset: number } => {
    const placed = { ...part, offset: size };
    size += part.size;
    return placed;
  };
  const blocks = [...config.ids.map((name) => find(name, 'ids')), ...chosen].map(place);
  const crosses = config.crosses.map((of) => {
    const parts = of.map((name) => find(name, 'crosses'));
    for (const { kind, name } of parts) {
      if (kind !== 'dense') continue;
      throw new RecographError(
        'CONFIG_INVALID',
        `crosses names "${name}", a column of numbers. Encode it with buckets.`,
        {
          at: 'crosses',
        },
      );
    }
    return place({ blocks: parts, size: config.crossSize });
  });
  return { blocks, crosses, size: size + 1 };
};

type Unplaced = Omit<Block, 'offset'>;

const availableBlocks = (data: Dataset): ReadonlyMap<string, Unplaced> => {
  const rows: Record<Side, FeatureRows> = {
    user: data.userFeatures,
    item: data.itemFeatures,
    context: data.interactions.context,
  };
  const blocks: Unplaced[] = [
    { name: 'user', side: 'user', kind: 'id', size: data.users.size },
    { name: 'item', side: 'item', kind: 'id', size: data.items.size },
  ];
  for (const side of sides) {
    for (const [field, column] of Object.entries(rows[side].columns)) {
      if (column.kind === 'text') continue;
      blocks.push({ name: `${side}.${field}`, side, field, kind: column.kind, size: sizeOf(column) });
    }
  }
  return new Map(blocks.map((block) => [block.name, block]));
};

const sizeOf = (column: Exclude<FeatureColumn, { kind: 'text' }>): number =>
  column.kind === 'dense' ? column.width + 1 : column.size;
