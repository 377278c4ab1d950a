import type { FeatureRows, FittedExtractor, Matrix } from '../spi/index.ts';

/** Every item extractor run once over these items: [rows x width] by feature name. */
export const extractItems = async (
  features: Readonly<Record<string, FittedExtractor>>,
  items: FeatureRows,
): Promise<Record<string, Matrix>> => {
  const vectors: Record<string, Matrix> = {};
  for (const [name, extractor] of Object.entries(features)) {
    if (extractor.subject === 'item') vectors[name] = await extractor.extract(items);
  }
  return vectors;
};
