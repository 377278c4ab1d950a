import { createVocabulary } from '../data/index.ts';
import { createMatching } from '../pipeline/matching.ts';
import type { Config } from '../registry/sections/index.ts';
import type { Bitmap, ItemFilter, ItemRecord, ItemRule, KeptState, Stage, Vocabulary } from '../spi/index.ts';
import type { BundleContents, BundleManifest } from '../training/bundle.ts';
import { type Encoders, encodersFromJson } from '../training/encoders.ts';
import type { CreateComponent } from '../training/fit-graph.ts';
import type { BundleSpace } from './encode.ts';

/** What a bundle holds besides the fitted components. */
export type FrontContents = Pick<BundleContents, 'users' | 'items' | 'typeNames' | 'features' | 'fallback'> & {
  readonly manifest: BundleManifest;
};

/** A bundle as the main thread knows it: enough to encode requests, name items, and answer from the fallback list. */
export interface BundleFront {
  readonly manifest: BundleManifest;
  readonly config: Config;
  readonly users: Vocabulary;
  readonly items: Vocabulary;
  readonly typeNames: readonly string[];
  /** An event type's place in `typeNames`; their number for one that came later. */
  typeCode(type: string): number;
  readonly encoders: Encoders;
  /** Pipeline -> item indices, best first. */
  readonly fallback: Readonly<Record<string, readonly number[]>>;
  /** In the order of the config. */
  readonly pipelines: readonly string[];
  /** Kept states of each pipeline's stages, those of nested pipelines included. */
  readonly keeps: Readonly<Record<string, readonly KeptState[]>>;
  /** What each pipeline's own filters say of items, whoever asks. */
  readonly rules: Readonly<Record<string, readonly ItemRule[]>>;
}

/** A bundle's front over one state of the catalogue. */
export interface FrontView {
  readonly space: BundleSpace;
  /** Items beyond the vocabulary, in the order of their indices. */
  readonly overlay: readonly ItemRecord[];
  /** The vocabulary's items, then the overlay's; undefined = not there now. */
  readonly records: readonly (ItemRecord | undefined)[];
  /** Absent where every item may be listed. */
  readonly available: Bitmap | undefined;
  /** Equal filters give the same object. */
  matching(filter: ItemFilter): Bitmap;
  /** Throws RangeError outside vocabulary and overlay. */
  itemId(index: number): string;
}

/** `config` is the bundle's own; `create` makes the stages whose kept state the main thread folds and whose rules it applies. */
export const createFront = (contents: FrontContents, config: Config, create: CreateComponent): BundleFront => {
  const { manifest, typeNames, fallback } = contents;
  const held = new Set(manifest.components.flatMap(({ kind, name }) => (kind === 'pipeline' ? [name] : [])));
  const pipelines = Object.keys(config.pipelines).filter((name) => held.has(name));
  const known = new Map<string, Stages>();
  const stages = (name: string): Stages => {
    const made = known.get(name) ?? stagesOf(config, name, create);
    known.set(name, made);
    return made;
  };
  const codes = new Map(typeNames.map((name, code) => [name, code]));
  return {
    manifest,
    config,
    users: createVocabulary(contents.users),
    items: createVocabulary(contents.items),
    typeNames,
    typeCode: (type) => codes.get(type) ?? typeNames.length,
    encoders: encodersFromJson(contents.features),
    fallback,
    pipelines,
    keeps: keptStates(config, pipelines, stages),
    rules: Object.fromEntries(
      pipelines.map((name) => [name, stages(name).filters.flatMap(({ rule }) => (rule ? [rule] : []))]),
    ),
  };
};

/**
 * `records` are the items that are there now: a vocabulary item without a record, or not available, is never listed;
 * a record beyond the vocabulary is overlay, indexed in the order of `records`.
 */
export const createFrontView = (
  { users, items, encoders, typeCode, config }: BundleFront,
  records: ReadonlyMap<string, ItemRecord>,
): FrontView => {
  const overlay: ItemRecord[] = [];
  for (const record of records.values()) if (items.index(record.id) < 0) overlay.push(record);
  const overlayIndex = new Map(overlay.map(({ id }, k) => [id, items.size + k]));
  const all: (ItemRecord | undefined)[] = new Array(items.size);
  for (let i = 0; i < items.size; i++) all[i] = records.get(items.id(i));
  for (const record of overlay) all.push(record);
  return {
    overlay,
    records: all,
    available: availability(all),
    matching: createMatching(all),
    itemId: (index) => {
      if (index < items.size) return items.id(index);
      const record = overlay[index - items.size];
      if (!record) throw new RangeError(`There is no item ${index}; the catalogue has ${all.length}.`);
      return record.id;
    },
    space: {
      userIndex: users.index,
      itemIndex: (id) => {
        const index = items.index(id);
        return index >= 0 ? index : (overlayIndex.get(id) ?? -1);
      },
      typeCode,
      feedback: config.data.feedback,
      encodeUsers: encoders.users,
      encodeContexts: encoders.contexts,
    },
  };
};

/** Absent where every item may be listed. */
const availability = (records: readonly (ItemRecord | undefined)[]): Bitmap | undefined => {
  const words = new Uint32Array((records.length + 31) >> 5);
  let all = true;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record && record.available !== false) words[i >> 5]! |= 1 << (i & 31);
    else all = false;
  }
  return all ? undefined : { size: records.length, words };
};

type Stages = Readonly<Record<'filters' | 'rerank', readonly Stage[]>>;

const stagesOf = (config: Config, name: string, create: CreateComponent): Stages => {
  const made = (list: 'filters' | 'rerank'): Stage[] =>
    config.pipelines[name]![list].map((slot, i) => create('stage', slot, `pipelines.${name}.${list}[${i}]`));
  return { filters: made('filters'), rerank: made('rerank') };
};

const keptStates = (
  config: Config,
  pipelines: readonly string[],
  stages: (pipeline: string) => Stages,
): Record<string, readonly KeptState[]> => {
  const known: Record<string, readonly KeptState[]> = {};
  const keepsOf = (name: string): readonly KeptState[] => {
    const { filters, rerank } = stages(name);
    known[name] ??= [
      ...[...filters, ...rerank].flatMap(({ keeps }) => (keeps ? [keeps] : [])),
      ...config.pipelines[name]!.candidates.flatMap((candidate) =>
        'pipeline' in candidate ? keepsOf(candidate.pipeline) : [],
      ),
    ];
    return known[name];
  };
  for (const name of pipelines) keepsOf(name);
  return known;
};
