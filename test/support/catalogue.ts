import type { Attributes, Dataset, FeatureRows, FeatureVocabulary } from 'recograph';
import { createDataset, createVocabulary, fitFeatureVocabulary, itemFieldEncodings, sortInteractions } from 'recograph';

/** A dataset whose items have attributes, and the vocabulary that encoded them. `events` are `[user, item, weight = 1]`. */
export const catalogue = (
  items: readonly Attributes[],
  users: number,
  events: readonly (readonly number[])[],
  encodings: Parameters<typeof fitFeatureVocabulary>[1] = {},
): { data: Dataset; vocabulary: FeatureVocabulary; encode: (...records: Attributes[]) => FeatureRows } => {
  const vocabulary = fitFeatureVocabulary(items, encodings, itemFieldEncodings);
  const data = createDataset({
    users: createVocabulary(Array.from({ length: users }, (_, u) => `u${u}`)),
    items: createVocabulary(items.map((_, i) => `i${i}`)),
    interactions: sortInteractions(
      {
        users: Int32Array.from(events, (event) => event[0]!),
        items: Int32Array.from(events, (event) => event[1]!),
        weights: Float32Array.from(events, (event) => event[2] ?? 1),
        times: Float64Array.from(events, (_, k) => k * 86_400_000),
      },
      users,
    ),
    itemFeatures: vocabulary.encode(items),
  });
  return { data, vocabulary, encode: (...records) => vocabulary.encode(records) };
};
