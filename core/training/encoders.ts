import {
  type Attributes,
  type FeatureVocabulary,
  featureVocabularyFromJson,
  fitFeatureVocabulary,
  itemAttributes,
  itemFieldEncodings,
  userAttributes,
} from '../data/index.ts';
import type { DataConfig } from '../registry/sections/index.ts';
import type { FeatureRows, ItemRecord, Json, UserRecord } from '../spi/index.ts';

/** The feature vocabulary of a bundle: the same code encodes items, users and contexts in training and in serving. */
export interface Encoders {
  items(records: readonly (ItemRecord | undefined)[]): FeatureRows;
  users(records: readonly (UserRecord | undefined)[]): FeatureRows;
  contexts(records: readonly Attributes[]): FeatureRows;
  /** Fields of the request context that events recorded, and the config's crosses of them. */
  contextFields(): readonly string[];
  toJson(): Json;
}

/** Learns the columns from the catalogue and from the contexts of the events that may be learned from. */
export const fitEncoders = (
  items: Iterable<ItemRecord>,
  users: Iterable<UserRecord>,
  contexts: Iterable<Attributes>,
  { features }: DataConfig,
): Encoders =>
  createEncoders({
    items: fitFeatureVocabulary(mapped(items, itemAttributes), features.items, itemFieldEncodings),
    users: fitFeatureVocabulary(mapped(users, userAttributes), features.users),
    contexts: fitFeatureVocabulary(contexts, features.context),
  });

export const encodersFromJson = (json: Json): Encoders => {
  const parts = json as Readonly<Record<'items' | 'users' | 'contexts', Json>>;
  return createEncoders({
    items: featureVocabularyFromJson(parts.items),
    users: featureVocabularyFromJson(parts.users),
    contexts: featureVocabularyFromJson(parts.contexts),
  });
};

const createEncoders = (parts: Record<'items' | 'users' | 'contexts', FeatureVocabulary>): Encoders => ({
  items: (records) => parts.items.encode(records.map((record) => (record ? itemAttributes(record) : {}))),
  users: (records) => parts.users.encode(records.map((record) => (record ? userAttributes(record) : {}))),
  contexts: (records) => parts.contexts.encode(records),
  contextFields: () => parts.contexts.columns.map(({ name }) => name),
  toJson: () => ({ items: parts.items.toJson(), users: parts.users.toJson(), contexts: parts.contexts.toJson() }),
});

/** Iterable as often as the source is. */
const mapped = <A, B>(source: Iterable<A>, map: (value: A) => B): Iterable<B> => ({
  *[Symbol.iterator]() {
    for (const value of source) yield map(value);
  },
});
