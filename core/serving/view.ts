import { concatFeatures } from '../data/index.ts';
import { createCatalogue, type ItemCatalogue, type Pipeline } from '../pipeline/index.ts';
import type { ComponentGraph } from '../registry/graph.ts';
import type { Bitmap, FeatureRows, ItemRecord, Matrix, Vocabulary } from '../spi/index.ts';
import { assemblePipelines, type PipelineEnvironment } from '../training/assemble.ts';
import type { Encoders } from '../training/encoders.ts';
import type { Fitted } from '../training/fitted.ts';
import { extractItems } from '../training/vectors.ts';
import type { BundleSpace } from './encode.ts';

/** What a bundle restored, before it meets the catalogue of the moment. */
export interface RestoredParts {
  readonly graph: ComponentGraph;
  readonly fitted: Fitted;
  readonly users: Vocabulary;
  readonly items: Vocabulary;
  typeCode(type: string): number;
  readonly encoders: Encoders;
  /** Of the vocabulary's items, as the components were fitted on them. */
  readonly itemFeatures: FeatureRows;
  readonly vectors: Readonly<Record<string, Matrix>>;
}

/** A bundle over one state of the catalogue. Immutable: a changed catalogue makes another view. */
export interface BundleView {
  readonly space: BundleSpace;
  readonly catalogue: ItemCatalogue;
  readonly pipelines: Readonly<Record<string, Pipeline>>;
  /** Throws RangeError outside vocabulary and overlay. */
  itemId(index: number): string;
}

/**
 * `records` are the items that are there now: a vocabulary item without a record, or not available, is never listed;
 * a record beyond the vocabulary is overlay, its vectors extracted here.
 */
export const createView = async (
  parts: RestoredParts,
  environment: PipelineEnvironment,
  records: ReadonlyMap<string, ItemRecord>,
): Promise<BundleView> => {
  const { users, items, encoders } = parts;
  const overlay = [...records.values()].filter(({ id }) => items.index(id) < 0);
  const overlayIndex = new Map(overlay.map(({ id }, k) => [id, items.size + k]));
  const overlayFeatures = encoders.items(overlay);
  const overlayVectors = await extractItems(parts.fitted.features, overlayFeatures);
  const aligned = Array.from({ length: items.size }, (_, i) => records.get(items.id(i)));
  const all = [...aligned, ...overlay];

  const itemId = (index: number): string => (index < items.size ? items.id(index) : overlay[index - items.size]!.id);
  const catalogue = createCatalogue({
    id: itemId,
    vocabularySize: items.size,
    features: overlay.length === 0 ? parts.itemFeatures : concatFeatures([parts.itemFeatures, overlayFeatures]),
    ...availability(all),
    vectors: Object.fromEntries(
      Object.entries(parts.vectors).map(([name, matrix]) => [name, below(matrix, overlayVectors[name])]),
    ),
    records: all,
  });
  const layout = { user: encoders.users([]), context: encoders.contexts([]) };
  return {
    catalogue,
    pipelines: assemblePipelines(parts.graph, parts.fitted, catalogue, layout, environment),
    itemId,
    space: {
      userIndex: users.index,
      itemIndex: (id) => {
        const index = items.index(id);
        return index >= 0 ? index : (overlayIndex.get(id) ?? -1);
      },
      typeCode: parts.typeCode,
      feedback: environment.config.data.feedback,
      encodeUsers: encoders.users,
      encodeContexts: encoders.contexts,
    },
  };
};

/** Absent where every item may be listed. */
const availability = (records: readonly (ItemRecord | undefined)[]): { available?: Bitmap } => {
  const words = new Uint32Array((records.length + 31) >> 5);
  let all = true;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record && record.available !== false) words[i >> 5]! |= 1 << (i & 31);
    else all = false;
  }
  return all ? {} : { available: { size: records.length, words } };
};

const below = (top: Matrix, bottom: Matrix | undefined): Matrix => {
  if (!bottom || bottom.rows === 0) return top;
  const data = new Float32Array(top.data.length + bottom.data.length);
  data.set(top.data);
  data.set(bottom.data, top.data.length);
  return { rows: top.rows + bottom.rows, columns: top.columns, data };
};
