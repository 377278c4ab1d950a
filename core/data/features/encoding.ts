import type { Json } from '../../spi/index.ts';

/** What is known of one item, user or request before it is encoded. */
export type Attributes = Readonly<Record<string, Json>>;

export type DatePart = 'hour' | 'weekday' | 'month' | 'age';

/** How a field becomes feature columns: `data.features` of the config after parsing. */
export type FieldEncoding = (
  | { readonly kind: 'number'; readonly scale: 'none' | 'standard' | 'log'; readonly buckets?: number | undefined }
  | { readonly kind: 'category'; readonly minCount: number }
  | { readonly kind: 'categories'; readonly minCount: number }
  | { readonly kind: 'tokens'; readonly minCount: number; readonly maxTokens: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'date'; readonly parts: readonly DatePart[] }
  | { readonly kind: 'vector'; readonly width: number }
  | { readonly kind: 'cross'; readonly of: readonly string[]; readonly size: number }
) & {
  /** The attribute that is read; default: the encoding's own name. */
  readonly from?: string | undefined;
};

export const defaultEncodings = {
  number: { kind: 'number', scale: 'standard' },
  category: { kind: 'category', minCount: 1 },
  categories: { kind: 'categories', minCount: 1 },
  tokens: { kind: 'tokens', minCount: 2, maxTokens: 50_000 },
  text: { kind: 'text' },
  date: { kind: 'date', parts: ['hour', 'weekday', 'month'] },
} as const satisfies Record<string, FieldEncoding>;

/** How an item's named fields are encoded where the config says nothing and the field occurs. */
export const itemFieldEncodings: Readonly<Record<string, FieldEncoding>> = {
  title: defaultEncodings.tokens,
  categories: defaultEncodings.categories,
  image: defaultEncodings.text,
};
